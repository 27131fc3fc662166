"""A bad line: nothing lost, nothing twice, and each fault named for what it is."""

from __future__ import annotations

import random

import pytest

from station.carriers import CarrierError, LineSettings
from station.queue import State
from tests.station.carriers.faults import Line, page
from tests.station.intake.harness import RunningIntake, Station

QUICK = LineSettings(connect_s=3, read_s=3)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = RunningIntake(tmp_path_factory.mktemp("intake"))
    yield made
    made.close()


@pytest.fixture
def station(tmp_path, running):
    made = Station(tmp_path / "station")
    made.enroll(running.url, running.code())
    yield made
    made.close()


def through(station, url: str, numbers: int = 2, size: int = 120_000, tries: int = 60, **options) -> list[str]:
    """Send some packages through a bad line, pressing *send now* after every failure; return the errors met."""
    errors = []
    for number in range(numbers):
        station.queue.put(station.seal(number, sizes=(size,)))
    uploader = station.uploader(url, line=QUICK, answer_wait_s=2, **options)
    for _ in range(tries):
        uploader.wake()
        entry = uploader.step()
        if entry is None:
            break
        if uploader.status().error:
            errors.append(uploader.status().error)
        held = station.queue.counts()
        assert held[State.REFUSED] == held[State.HELD] == 0, [(e.state, e.reasons) for e in station.queue.entries()]
    return errors


def assert_all_acknowledged_once(station, running, numbers: int = 2) -> None:
    assert station.queue.counts()[State.ACKNOWLEDGED] == numbers
    rows = [running.intake.store.package(e.package_id) for e in station.queue.entries()]
    assert len({r["number"] for r in rows}) == numbers
    ids = [e.package_id for e in station.queue.entries()]
    for package_id in ids:
        whats = [h.what for h in station.queue.history(package_id) if h.what not in {"failed"}]
        assert whats[0] == "sealed"
        assert whats[-1] == "acknowledged"
        assert whats.count("acknowledged") == 1


@pytest.mark.parametrize("seed", range(3))
def test_cut_at_random_places_both_ways(station, running, seed) -> None:
    dice = random.Random(seed)

    def fault(number: int) -> str:
        if number > 25:
            return "ok"
        return dice.choice([f"cut:{dice.randrange(1, 60_000)}", f"cut-back:{dice.randrange(1, 3_000)}", "refuse"])

    line = Line(running.url, fault)
    try:
        through(station, line.url, chunk_bytes=30_000)
    finally:
        line.close()
    assert line.connections > 4  # the faults were really met
    assert_all_acknowledged_once(station, running)


def test_single_byte_segments(station, running) -> None:
    line = Line(running.url, lambda _: "trickle:3000")
    try:
        through(station, line.url, numbers=1, size=20_000)
    finally:
        line.close()
    assert_all_acknowledged_once(station, running, 1)


def test_every_request_sent_twice(station, running) -> None:
    line = Line(running.url, lambda _: "twice")
    try:
        through(station, line.url, chunk_bytes=40_000)
    finally:
        line.close()
    assert_all_acknowledged_once(station, running)


@pytest.mark.parametrize(("said", "code"), [
    (page("302 Found", "Location: http://login.example/\r\n"), "captive-portal"),
    (page("200 OK", "Content-Type: text/html\r\n", "<html>Sign in to the hotel</html>"), "captive-portal"),
    (page("511 Network Authentication Required"), "captive-portal"),
    (page("503 Service Unavailable", "Retry-After: 300\r\n"), "intake-busy"),
    (page("500 Internal Server Error"), "intake-error"), (page("502 Bad Gateway"), "intake-error"),
    (page("407 Proxy Authentication Required"), "proxy"),
    (page("404 Not Found"), "peer-lies"), ("SSH-2.0-OpenSSH_9\r\n", "peer-lies"),
    (page("200 OK", "Content-Type: application/json\r\n", "[1,2]"), "peer-lies"),
    (page("200 OK", "Content-Type: application/json\r\n", '{"challenge":5}'), "peer-lies"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + "x" * 70_000, "peer-lies"),
])  # fmt: skip
def test_what_stands_in_the_way_is_named(station, running, said, code) -> None:
    sealed = station.seal()
    station.queue.put(sealed)
    line = Line(running.url, lambda _: "say:" + said)
    try:
        uploader = station.uploader(line.url, line=QUICK)
        uploader.step()
    finally:
        line.close()
    assert uploader.status().error == code
    assert station.queue.get(sealed.package_id).state is State.SEALED
    if "Retry-After" in said:
        assert 290 < uploader.status().next_try_s <= 300


def test_a_silent_or_closed_or_unreachable_centre(station, running) -> None:
    station.queue.put(station.seal())
    line = Line(running.url, lambda _: "silent")
    try:
        slow = station.uploader(line.url, line=LineSettings(connect_s=1, read_s=0.3))
        slow.step()
    finally:
        line.close()
    assert slow.status().error == "slow-line"
    closed = station.uploader(line.url, line=QUICK)
    closed.step()
    assert closed.status().error == "intake-unreachable"
    nowhere = station.uploader("http://intake.invalid", line=QUICK)
    nowhere.step()
    assert nowhere.status().error == "no-network"
    assert station.queue.counts()[State.SEALED] == 1


def test_the_back_off_grows_and_a_person_may_cut_it_short(station, running) -> None:
    from station.clock import ManualClock

    station.clock = ManualClock()
    station.queue.put(station.seal())
    uploader = station.uploader("http://127.0.0.1:9", line=QUICK)
    waits = []
    for _ in range(12):
        assert uploader.step() is not None
        waits.append(uploader.status().next_try_s)
        assert uploader.step() is None  # not before its time
        station.clock.advance(waits[-1] + 0.001)
    assert waits[0] < waits[3] < waits[6]
    assert max(waits) <= 375
    assert uploader.step() is not None
    uploader.wake()
    assert uploader.step() is not None


def test_chosen_packages_go_first_also_when_the_line_was_down_at_first(station, running) -> None:
    ids = [station.queue.put(station.seal(n)).package_id for n in range(4)]
    gone = station.uploader("http://127.0.0.1:9", line=QUICK)
    gone.wake(ids[2:3])
    assert [gone.step().package_id for _ in range(2) if gone.wake() is None] == [ids[2], ids[2]], (
        "it was tried in vain: it still goes first"
    )
    uploader = station.uploader(running.url, line=QUICK, answer_wait_s=8)
    uploader.wake(ids[3:])
    assert [uploader.step().package_id for _ in range(2)] == [ids[3], ids[0]], "then the oldest, as ever"
    assert uploader.drain(only=ids[2:3]) == 1
    assert [e.state for e in map(station.queue.get, ids)] == [
        State.ACKNOWLEDGED,
        State.SEALED,
        State.ACKNOWLEDGED,
        State.ACKNOWLEDGED,
    ]
    assert uploader.drain(only=[]) == 0


def test_what_failed_is_over_once_bytes_are_accepted(station, running) -> None:
    """The screen says *stopped* while there is an error; a resumed upload is no longer stopped from its first accepted byte."""
    station.queue.put(station.seal(sizes=(200_000,)))
    seen = []
    line = Line(running.url, lambda number: "refuse" if number == 1 else "ok")
    try:
        uploader = station.uploader(line.url, line=QUICK, chunk_bytes=30_000, answer_wait_s=2)
        assert uploader.step() is not None
        assert uploader.status().error
        kept = station.queue.progress

        def watched(package: str, confirmed: int, location: str) -> None:
            kept(package, confirmed, location)
            seen.append((confirmed, uploader.status().error))

        station.queue.progress = watched
        uploader.wake()
        uploader.step()
    finally:
        line.close()
    assert seen[0][1], "no byte was accepted yet"
    assert len(seen) > 2
    assert {error for _, error in seen[2:]} == {""}


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_ten_years_off_hinders_nothing(station, running, years) -> None:
    from datetime import UTC, datetime

    from station.clock import ManualClock

    station.clock = station.queue._clock = ManualClock(datetime(2026 + years, 1, 1, tzinfo=UTC))
    station.queue.put(station.seal())
    station.uploader(running.url).drain()
    assert station.queue.counts()[State.ACKNOWLEDGED] == 1


@pytest.mark.parametrize(("head", "code"), [
    ("Location: http://169.254.169.254/latest\r\nTus-Resumable: 1.0.0\r\n", "foreign-location"),
    ("Location: //evil.example/x\r\nTus-Resumable: 1.0.0\r\n", "foreign-location"),
    ("Location: file:///etc/passwd\r\nTus-Resumable: 1.0.0\r\n", "foreign-location"),
])  # fmt: skip
def test_a_rogue_intake_cannot_send_our_requests_elsewhere(station, running, head, code) -> None:
    from station.carriers.tus import TusClient
    from station.carriers.web import Web

    line = Line(running.url, lambda _: "say:" + page("201 Created", head))
    web = Web(line.url, QUICK)
    try:
        import threading

        with pytest.raises(CarrierError) as caught:
            TusClient(web, "/files").upload(b"secret", {}, report=lambda *_: None, stop=threading.Event())
    finally:
        web.close()
        line.close()
    assert caught.value.reason_code == code


@pytest.mark.parametrize("head", [
    "Upload-Offset: 999999\r\n", "Upload-Offset: -3\r\n", "Upload-Offset: 3\r\nUpload-Length: 77\r\n", "", "Upload-Offset: ٣\r\n",
])  # fmt: skip
def test_a_lying_offset_is_not_believed(station, running, head) -> None:
    import threading

    from station.carriers.tus import TusClient
    from station.carriers.web import Web

    line = Line(running.url, lambda _: "say:" + page("200 OK", "Tus-Resumable: 1.0.0\r\n" + head))
    web = Web(line.url, QUICK)
    try:
        with pytest.raises(CarrierError) as caught:
            TusClient(web, "/files").upload(b"secret", {}, location=line.url + "/files/1", report=lambda *_: None,
                                            stop=threading.Event())  # fmt: skip
    finally:
        web.close()
        line.close()
    assert caught.value.reason_code == "peer-lies"


def test_when_the_centre_loses_everything_the_queue_says_sealed_and_sends_again(tmp_path) -> None:
    """The intake confirms all bytes, then its folder is lost: never *sent* on the strength of yesterday."""
    first = RunningIntake(tmp_path / "one")
    station = Station(tmp_path / "station")
    station.enroll(first.url, first.code())
    sealed = station.seal(sizes=(50_000,))
    station.queue.put(sealed)
    station.queue.sent(sealed.package_id, len(sealed.data), "network")
    uploader = station.uploader(first.url, answer_wait_s=1)
    uploader.step()
    entry = station.queue.get(sealed.package_id)
    assert (entry.state, entry.confirmed) == (State.SEALED, 0)
    assert uploader.status().error == "peer-lost"
    uploader.wake()
    uploader.drain()
    assert station.queue.get(sealed.package_id).state is State.ACKNOWLEDGED
    station.close()
    first.close()


def test_an_intake_that_moved_to_another_address_does_not_stop_the_sending(tmp_path) -> None:
    """Found by killing: the remembered place of a half-done upload named the old port, and the package was stuck for good."""
    first = RunningIntake(tmp_path / "one")
    station = Station(tmp_path / "station")
    station.enroll(first.url, first.code())
    sealed = station.seal(sizes=(50_000,))
    station.queue.put(sealed)
    station.queue.progress(sealed.package_id, 1000, "http://127.0.0.1:9/files/0123456789abcdef0123456789abcdef")
    uploader = station.uploader(first.url, answer_wait_s=1)
    uploader.drain()
    assert station.queue.get(sealed.package_id).state is State.ACKNOWLEDGED
    station.close()
    first.close()
