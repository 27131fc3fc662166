"""Photographed papers in a package: listed, travelling, checked by the intake; struck ones stay at home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from station.app import Station
from station.clock import ManualClock
from station.dossier.events import Event
from station.dossier.photographing import Page, Photographing
from station.files import RealFiles
from station.intake.service import Intake
from station.package import PackageFormatError
from station.package.content import PartNote
from station.package.papers import MAX_PAPER_BYTES, PAPERS_FACT, check_papers
from station.queue.model import State
from station.sealing import paper_parts
from tests.station.dossier.builders import APPLICANT
from tests.station.whole_run import befriend, enroll, open_intake, open_station, send


def jpeg(shade: int, shape: tuple[int, int] = (64, 48)) -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((*shape, 3), shade, np.uint8))[1].tobytes())


@pytest.fixture
def places(quick: Path) -> Iterator[tuple[Station, Intake]]:
    for name in ("station", "intake"):
        (quick / name).mkdir()
    intake = open_intake(RealFiles(quick / "intake"), quick / "intake" / "intake.db")
    station = open_station(RealFiles(quick / "station"), quick / "station", ManualClock())
    befriend(station, intake)
    yield station, intake
    station.close()
    intake.store.close()


def test_papers_travel_and_the_intake_reads_them(places: tuple[Station, Intake]) -> None:
    station, intake = places
    entry = enroll(station)
    assert send(station, intake).state is State.ACKNOWLEDGED
    opened = intake.open(intake.packages.get(entry.package_id))
    (paper,) = check_papers(opened.manifest.facts, opened.manifest.parts, opened.events, opened.part)
    assert (paper.kind, paper.field, paper.media, paper.source) == ("birth-certificate", "mother_name", "image/jpeg", "simulated")
    assert opened.part(f"blob-{paper.blob}") == station.journal.blob(paper.blob)


def test_a_retaken_page_stays_at_home(places: tuple[Station, Intake]) -> None:
    station, _ = places
    book = station.book
    papers = Photographing(book, station.journal.put_blob)
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    book.look_up(dossier, "a", dict(APPLICANT), source="test")
    pages = [Page(jpeg(s), "image/jpeg", 48, 64, None, "simulated", None) for s in (10, 90, 170)]
    first = papers.add(dossier, pages[0], "residence-paper")
    papers.add(dossier, pages[1], "residence-paper", replaces=first.id, reason="Mờ")
    gone = papers.add(dossier, pages[2], "fee-exemption")
    papers.remove(dossier, gone.id, "Nhầm người")
    parts = paper_parts(station.journal, station.journal.events(dossier))
    assert [(p.media, p.data) for p in parts] == [("image/jpeg", pages[1].data)]


def given(places: tuple[Station, Intake]) -> tuple[dict[str, Any], tuple[PartNote, ...], tuple[Event, ...], dict[str, bytes]]:
    station, intake = places
    entry = enroll(station)
    send(station, intake)
    opened = intake.open(intake.packages.get(entry.package_id))
    return dict(opened.manifest.facts), opened.manifest.parts, opened.events, {n: opened.part(n) for n in opened.names}


def test_a_list_that_does_not_agree_is_refused(places: tuple[Station, Intake]) -> None:
    facts, parts, events, held = given(places)
    (entry,) = facts[PAPERS_FACT]
    name = entry["part"]

    def refused(listed: object, code: str, notes: tuple[PartNote, ...] = parts, data: bytes | None = None) -> None:
        with pytest.raises(PackageFormatError) as error:
            check_papers({**facts, PAPERS_FACT: listed}, notes, events, lambda n: data if data is not None else held[n])
        assert error.value.reason_code == code

    for listed in ([], "x", [3], [entry, entry], [{**entry, "event": "zz-1"}], [{**entry, "kind": "other"}], [{}], [entry] * 101):
        refused(listed, "paper-list")
    others = tuple(p for p in parts if p.name != name)
    refused([entry], "paper-part", others)
    refused([entry], "paper-part", (*others, PartNote(name, "image/png", 1, "", "")))
    for data in (b"", b"%PDF", held[name][:200], jpeg(1, (63, 48)), b"\xff\xd8" + bytes(MAX_PAPER_BYTES)):
        refused([entry], "paper-part", data=data)
    check_papers(facts, parts, events, held.__getitem__)


def test_a_package_of_an_older_program_is_read(places: tuple[Station, Intake]) -> None:
    """Version 1 without the fact and with pages of which nothing is said: what an older station seals."""
    station, _ = places
    dossier = station.book.open_dossier("test-short", applicant=APPLICANT)
    station.life.proof(dossier, "birth-certificate", station.journal.put_blob(b"\xff\xd8 old", "image/jpeg"), "dob")
    events = tuple(station.journal.events(dossier))
    assert check_papers({}, (), events, lambda _: b"") == ()
