"""The demo's cards: what the chip telling says comes back from the chip, coded as the record wants it."""

from __future__ import annotations

from pathlib import Path

from station.app import Station
from station.chip_demo import demo_chip, read_demo_card
from station.demo import demo_population
from station.dossier.parts import FieldSource
from station.vietnam.comparison import Relation


def test_the_chips_telling_comes_back_from_the_chip(tmp_path: Path):
    people = [c for c in demo_population(7) if c.chip is not None][:3]
    assert people
    station = Station.open(tmp_path, demo=True)
    station.session.operator, station.session.roles = "op-1", frozenset({"clerk", "capture"})
    try:
        for citizen in people:
            dossier = station.book.open_dossier("vn-60-2021", kind=citizen.kind)
            result = read_demo_card(station, dossier, citizen)
            assert result is not None
            assert result.code == "card-verified-simulated"
            read = station.book.state(dossier).sources[FieldSource.CHIP]
            told = {name: value for name, value in citizen.chip.items() if name not in ("card_expiry", "card_issued", "marks")}
            assert {name: read.get(name) for name in told} == told
            worst = {row.field: row.worst for row in result.rows}
            assert worst["personal_no"] is Relation.EQUAL
            # A second call after a kill reads nothing twice.
            assert read_demo_card(station, dossier, citizen) is None
    finally:
        station.close()


def test_somebody_without_a_chip_card():
    citizen = next(c for c in demo_population(7) if c.chip is None)
    assert demo_chip(citizen) is None
