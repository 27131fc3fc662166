"""The report of a reading, and a reading kept with its dossier in a real journal."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.contract import Source
from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.scanned import understand
from devices.simulated.card import Chip
from devices.simulated.card_authority import test_authority as own_authority
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import personalise, synthetic_citizen
from devices.simulated.card_reader import DirectChannel
from station.app import Station
from station.chip import MANIFEST, csca_store, report, store_reading
from station.errors import InputError
from station.vietnam.comparison import Relation
from tests.station.dossier.builders import APPLICANT

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def reading(*faults: Fault, seed: int = 1):
    made = personalise(synthetic_citizen(seed), faults=frozenset(faults))
    data = ChipReading(AccessKey.from_can(made.can)).run(lambda: DirectChannel(Chip(made)))
    return made, data


def test_every_source_stands_beside_the_chip():
    made, data = reading(seed=6)
    person = made.citizen
    register = {"full_name": person.name, "personal_no": person.number, "dob": "1900-01-01", "addr_perm": person.residence}
    known = (understand(person.qr), understand("".join(person.mrz_lines)))
    result = report(
        data, csca_store(None, (own_authority().der,)), NOW, source=Source.SIMULATED, known=known, population=register
    )
    assert set(result.sources) == {"dg13", "dg1", "qr", "mrz", "population"}
    worst = {row.field: row.worst for row in result.rows}
    assert worst["dob"] is Relation.DIFFERS
    assert worst["full_name"] is worst["personal_no"] is worst["addr_perm"] is worst["card_issued"] is Relation.EQUAL
    assert result.name == person.name
    assert result.face is not None
    assert person.name not in repr(result)


def test_a_test_state_is_marked_however_its_card_reached_the_reader():
    _, data = reading()
    result = report(data, csca_store(None, (own_authority().der,)), NOW, source=Source.DEVICE)
    assert (result.source, result.code) == (Source.SIMULATED, "card-verified-simulated")


def test_broken_groups_are_problems_and_not_errors():
    _, data = reading()
    data.groups[1] = b"\x61\x05hello"
    data.groups[2] = b"\x75\x02\x00\x00"
    data.groups[13] = b"\x6d\x01\x00"
    result = report(data, csca_store(None), NOW, source=Source.SIMULATED)
    assert set(result.problems) == {"dg1-unreadable", "dg2-unreadable", "dg13-unreadable"}
    assert result.verdict.answer.value == "broken"
    assert result.name == ""


def test_a_reading_is_kept_with_its_dossier(tmp_path: Path):
    _, data = reading()
    result = report(data, csca_store(None, (own_authority().der,)), NOW, source=Source.SIMULATED)
    station = Station.open(tmp_path, demo=True)
    station.session.operator, station.session.roles = "op-1", frozenset({"clerk", "capture"})
    try:
        dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT, visit="counter")
        store_reading(station.book, station.journal, dossier, data, result, NOW)
        events = [e for e in station.journal.events() if e.kind == "card.read"]
        body = events[-1].body
        assert body["verdict"] == "card-verified-simulated"
        assert station.journal.blob(body["groups"]["DG2.bin"]) == data.groups[2]
        assert station.journal.blob(body["groups"]["EF_SOD.bin"]) == data.sod
        manifest = json.loads(station.journal.blob(body["groups"][MANIFEST]))
        assert manifest["sha256"]["DG1.bin"] == hashlib.sha256(data.groups[1]).hexdigest()
    finally:
        station.close()


def test_a_trust_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(InputError):
        csca_store(tmp_path / "nowhere")
