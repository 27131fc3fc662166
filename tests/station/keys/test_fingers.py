"""Operators' own fingers: with consent, as templates, deletable; found among a citizen's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.fingerprint.minutiae import Template, extract, to_bytes
from biometrics.positions import FingerPosition
from station.app import Station
from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.errors import InputError
from station.keys import Argon2Cost, NotAllowedError, Role
from station.keys.fingers import OperatorFingers

INDEX, MIDDLE = FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.open(tmp_path / "s", demo=True, cost=Argon2Cost(1, 64, 1), clock=ManualClock())
    made.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], "284751", by=None, must_change=False)
    boss = made.sign_in("admin", "284751", desk="1")
    for name in ("lan", "minh"):
        made.operators.add(name, name, [Role.CAPTURE], "284752", by=boss, must_change=False)
    yield made
    made.close()


def prints(shared: Path, finger: int, count: int) -> list[Template]:
    folder = shared / "fingerprints" / "fvc2002_db1_b"
    found = sorted(
        p for p in folder.rglob("*") if p.stem.startswith(f"{finger}_") and p.suffix.lower() in {".tif", ".png", ".bmp"}
    )
    pictures = (cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in found[:count])
    return [extract(np.asarray(p, np.uint8)) for p in pictures]


@pytest.mark.shared_data
def test_an_operators_finger_among_a_citizens_is_noticed_until_it_is_deleted(station: Station, shared: Path) -> None:
    fingers = OperatorFingers(station.keys, station.operators)
    lan = station.operators.sign_in("lan", "284752", desk="1")
    (index, again), (middle, middle_again), (stranger,) = prints(shared, 101, 2), prints(shared, 102, 2), prints(shared, 103, 1)
    with pytest.raises(InputError):
        fingers.enroll(lan, {INDEX: index}, consent=False)
    with pytest.raises(InputError):
        fingers.enroll(lan, {}, consent=True)
    fingers.enroll(lan, {INDEX: index, MIDDLE: middle}, consent=True)
    assert fingers.enrolled("lan") == (INDEX, MIDDLE)

    found = fingers.known().suspicions([("a", INDEX, again), ("b", MIDDLE, middle_again)])
    assert [s.person for s in found] == ["lan"]
    assert found[0].log10_chance < -8
    assert fingers.known().suspicions([("a", INDEX, stranger)]) == []

    # No picture, and no template in the clear, anywhere in the folder; the journal holds the digest and the signed consent.
    stored = to_bytes(index)[10:60]
    assert not [p for p in station.folder.rglob("*") if p.is_file() and stored in p.read_bytes()]
    (event,) = station.journal.events_of_kind(Kind.OPERATOR_FINGERS)
    assert event.body["positions"] == [int(INDEX), int(MIDDLE)]
    assert event.body["consent"]

    minh = station.operators.sign_in("minh", "284752", desk="1")
    with pytest.raises(NotAllowedError):
        fingers.delete("lan", by=minh, reason="curious")
    fingers.delete("lan", by=lan, reason="consent taken back")
    assert fingers.enrolled("lan") == ()
    assert len(fingers.known()) == 0
    assert not (station.folder / "keys" / "fingers-lan.key").exists()


@pytest.mark.shared_data
def test_who_left_is_no_longer_looked_for_and_an_admin_deletes(station: Station, shared: Path) -> None:
    fingers = OperatorFingers(station.keys, station.operators)
    lan = station.operators.sign_in("lan", "284752", desk="1")
    fingers.enroll(lan, {INDEX: prints(shared, 101, 1)[0]}, consent=True)
    boss = station.operators.sign_in("admin", "284751", desk="1")
    station.operators.change("lan", by=boss, active=False)
    assert len(fingers.known()) == 0
    fingers.delete("lan", by=boss, reason="left")
    assert fingers.enrolled("lan") == ()
