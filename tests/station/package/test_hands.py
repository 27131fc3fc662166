"""Pictures of hands beside exceptions: signed for, listed in the package, checked by its reader; withdrawn ones stay at home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from biometrics.positions import FingerPosition
from station.app import Station
from station.clock import ManualClock
from station.dossier.excepting import NoPhoto, SignedBy, exception_payload, kept_photo
from station.dossier.photographing import Page
from station.files import RealFiles
from station.package import PackageFormatError
from station.package.content import PartNote
from station.package.hands import HANDS_FACT, check_hands, hand_facts
from station.sealing import paper_parts
from tests.station.dossier.builders import APPLICANT
from tests.station.package.test_papers import jpeg
from tests.station.whole_run import open_station


@pytest.fixture
def station(quick: Path) -> Iterator[Station]:
    station = open_station(RealFiles(quick), quick, ManualClock())
    yield station
    station.close()


def test_pictures_of_exceptions_that_stand_travel_and_are_checked(station: Station) -> None:
    book, put = station.book, station.journal.put_blob
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    kept, gone = (kept_photo(Page(jpeg(s), "image/jpeg", 48, 64, None, "device", None), put) for s in (40, 90))
    for finger in (4, 5):  # one picture for both
        book.declare_exception(dossier, finger, "amputated", photo=kept, by=SignedBy.PIN)
    book.declare_exception(dossier, 2, "bandaged", "temporary", photo=gone, by=SignedBy.PIN)
    book.declare_exception(dossier, 3, "stiff", no_photo=NoPhoto.NO_CAMERA, by=SignedBy.PIN)
    book.withdraw_exception(dossier, 2, "Đã tháo băng")
    events = station.journal.events(dossier)
    parts = paper_parts(station.journal, events)
    assert [(p.media, p.data) for p in parts] == [("image/jpeg", jpeg(40))]
    facts = hand_facts(events)
    assert [(e["finger"], e["part"]) for e in facts[HANDS_FACT]] == [(4, f"blob-{kept.blob}"), (5, f"blob-{kept.blob}")]
    notes = tuple(PartNote(p.name, p.media, len(p.data), "", "") for p in parts)
    held = {p.name: p.data for p in parts}
    assert check_hands(facts, notes, events, held.__getitem__) == (kept, kept)
    assert book.state(dossier).exceptions[FingerPosition(3)].no_photo == "no-camera"

    listed = facts[HANDS_FACT]
    for wrong in ([], "x", listed[:1], [*listed, listed[0]], [{**listed[0], "finger": 9}, listed[1]]):
        with pytest.raises(PackageFormatError) as error:
            check_hands({HANDS_FACT: wrong}, notes, events, held.__getitem__)
        assert error.value.reason_code == "exception-photo-list"
    for parted, data in (
        ((), jpeg(40)),
        ((PartNote(notes[0].name, "image/png", 1, "", ""),), jpeg(40)),
        (notes, jpeg(40, (63, 48))),
        (notes, b""),
    ):
        with pytest.raises(PackageFormatError) as error:
            check_hands(facts, parted, events, dict.fromkeys((p.name for p in parted), data).__getitem__)
        assert error.value.reason_code == "exception-photo-part"


def test_an_older_exception_is_read_as_before_and_its_signature_is_the_older_one(station: Station) -> None:
    dossier = station.book.open_dossier("test-short", applicant=APPLICANT)
    station.book.declare_exception(dossier, 4, "amputated")
    events = station.journal.events(dossier)
    assert hand_facts(events) == {}
    assert check_hands({}, (), events, lambda _: b"") == ()
    said = {"kind": "amputated", "permanence": "lasting", "reason": "", "operator": "x"}
    old, new = (
        exception_payload("d", FingerPosition(4), **said),
        exception_payload("d", FingerPosition(4), **said, photo="ab", by="pin"),
    )
    assert b"finger-exception" in old
    assert b"finger-exception-2" not in old
    assert b"finger-exception-2" in new
