"""The register over HTTP on loopback and as encrypted lists; what is broken, silent or hostile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from station.errors import InputError, TransferError
from station.population import NameQuery, PersonRecord, RecordStatus, SyntheticPopulation
from station.population.http import HttpPopulation, service
from station.population.offline import Together, list_key, read_list, write_list
from station.population.wire import WireFormatError, answer_from_plain, query_from_plain, record_from_plain, record_to_plain
from station.vietnam.dates import PartialDate

PEOPLE = SyntheticPopulation(4, 200)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(service(PEOPLE, token="t0ken"), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="population")
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def test_answers_over_http_are_those_of_the_simulator(address: str) -> None:
    client = HttpPopulation(address, "t0ken")
    citizen = PEOPLE.citizen(17)
    number = citizen.truth["personal_no"]
    assert client.by_number(number) == PEOPLE.by_number(number)
    query = NameQuery(citizen.truth["full_name"], PartialDate(int(citizen.truth["dob"][:4])), (citizen.truth["father_name"],))
    assert client.by_name(query) == PEOPLE.by_name(query)
    old = next(c for c in PEOPLE if c.truth.get("old_id_no"))
    assert client.by_old_number(old.truth["old_id_no"]).records[0].personal_no == old.truth["personal_no"]
    with pytest.raises(InputError):
        client.by_number("12/../../x")
    with pytest.raises(InputError):
        client.by_name(NameQuery("A"))
    client.close()


def test_without_the_token_and_with_bad_requests(address: str) -> None:
    with closing(HttpPopulation(address)) as stranger, pytest.raises(TransferError, match="401"):
        stranger.by_number("099158004217")
    headers = {"authorization": "Bearer t0ken"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
        assert client.get("/v1/people/1").status_code == 400
        assert client.get("/v1/people/１２３４５６７８９０１２").status_code == 400
        assert client.post("/v1/search", content=b"x" * 30_000).status_code == 413
        for bad in (b"", b"[]", b'{"name": 3}', b'{"name": "LAN ANH", "birth": "x"}', b"[" * 9000):
            assert client.post("/v1/search", content=bad).status_code == 400


def test_silence_and_nonsense_are_transfer_errors() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unanswered:
        silent = HttpPopulation(f"http://127.0.0.1:{unanswered.getsockname()[1]}", timeout_s=0.2)
        with pytest.raises(TransferError):
            silent.by_number("099158004217")
        silent.close()
    with closing(HttpPopulation("http://127.0.0.1:9", timeout_s=0.2)) as nobody, pytest.raises(TransferError):
        nobody.by_number("099158004217")


KEY = list_key(b"k" * 32)


def test_an_offline_list_answers_like_the_register_but_proves_no_absence() -> None:
    records = [c.register for c in PEOPLE if c.register][:50]
    data = write_list("Thôn 3", "2026-11-22", records, KEY)
    assert records[0].fields["full_name"].encode() not in data
    listed = read_list(data, KEY)
    assert listed.by_number(records[3].personal_no).records == (records[3],)
    assert not listed.by_number("000000000000").complete
    with closing(HttpPopulation("http://127.0.0.1:9", timeout_s=0.2)) as nobody:
        both = Together(nobody, [listed])
        assert both.by_number(records[3].personal_no).source == "offline-list:Thôn 3"
        assert both.by_name(NameQuery(records[5].fields["full_name"])).records
    with pytest.raises(TransferError):
        Together(None, []).by_number("1")


@settings(max_examples=60)
@given(st.data())
def test_a_changed_list_is_refused(data: st.DataObject) -> None:
    whole = write_list("x", "2026", [PersonRecord("099158004217", {"full_name": "A B", "dob": "1958"})], KEY)
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :]
    for bad in (flipped, whole[:at]):
        with pytest.raises(WireFormatError):
            read_list(bad, KEY)
    with pytest.raises(WireFormatError):
        read_list(whole, list_key(b"other" * 7))


plain = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
                     lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["number", "fields", "status", "records", "scores",
                                                                                           "name", "birth", "parents", "dob"]), x, max_size=5))  # fmt: skip


@given(plain)
def test_readers_raise_only_their_error(raw: object) -> None:
    for read in (record_from_plain, answer_from_plain, query_from_plain):
        try:
            read(raw)
        except WireFormatError:
            pass


@given(st.text("0123456789", min_size=12, max_size=12), st.sampled_from(list(RecordStatus)), st.text(max_size=30))
def test_records_travel_whole(number: str, status: RecordStatus, text: str) -> None:
    record = PersonRecord(number, {"full_name": text}, status)
    assert record_from_plain(record_to_plain(record)) == record
