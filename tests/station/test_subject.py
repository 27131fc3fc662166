"""A person's own data on request: every fact and everything still kept, in forms that open anywhere; that it was given stands in the audit log."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.life import Life
from station.errors import InputError
from station.files import RealFiles
from station.journal import Journal
from station.packing import wsq
from station.subject import export_subject
from tests.station.dossier.builders import APPLICANT, FakeSession, make_capture


def test_everything_about_one_person_and_nothing_about_another(tmp_path: Path) -> None:
    clock = ManualClock()
    with Journal.create(RealFiles(tmp_path), bytes(32), "00000000000000a1", clock) as journal:
        book = DossierBook(journal, clock, FakeSession(), sign=lambda _: b"s")
        dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT)
        other = book.open_dossier("vn-60-2021", applicant={**APPLICANT, "full_name": "Lê Văn Kín"})
        step = book.state(dossier).next_step
        assert step is not None
        pixels = np.tile(np.arange(80, dtype=np.uint8), (75, 1))
        raw = journal.put_blob(pixels.tobytes(), "image/x-raw; width=80; height=75; channels=1; bits=8")
        capture = make_capture(step, blob=raw)
        image = msgspec.structs.replace(capture.images[0], width=80, height=75)
        book.accept_capture(dossier, msgspec.structs.replace(capture, images=(image,)))
        chip = journal.put_blob(b"DG1 bytes", "application/octet-stream")
        book.read_card(dossier, "verified", {"full_name": "Trần Thị Hoà"}, {"DG1.bin": chip})
        Life(book).proof(dossier, "birth-certificate", journal.put_blob(b"\xff\xd8\xff paper", "image/jpeg"), "dob")

        with zipfile.ZipFile(io.BytesIO(export_subject(journal, dossier, operator="lan", desk="1"))) as archive:
            names = archive.namelist()
            facts = json.loads(archive.read("su-kien.json"))
            png = next(n for n in names if n.endswith(".png"))
            assert np.array_equal(cv2.imdecode(np.frombuffer(archive.read(png), np.uint8), cv2.IMREAD_UNCHANGED), pixels)
            assert [archive.read(n) for n in names if n.startswith("du-lieu/")] == [b"DG1 bytes"]
            assert b"paper" in b"".join(archive.read(n) for n in names)
        assert "Trần Thị Hoà" in json.dumps(facts, ensure_ascii=False)
        assert "Lê Văn Kín" not in json.dumps(facts, ensure_ascii=False)
        assert [f["kind"] for f in facts][:1] == ["dossier.opened"]
        (event,) = journal.events_of_kind(Kind.EXPORTED)
        assert (event.operator, event.body["dossier"]) == ("lan", dossier)
        assert other not in str(event.body)

        # After the centre accepted, the smaller form that is kept here is what the person gets.
        journal.replace_blobs(
            dossier, {raw: (wsq(np.tile(pixels, (4, 4))), "image/x-wsq")}, why={"why": "accepted"}, operator="", desk=""
        )
        with zipfile.ZipFile(io.BytesIO(export_subject(journal, dossier, operator="lan", desk="1"))) as archive:
            (small,) = [n for n in archive.namelist() if n.endswith(".wsq")]
            assert archive.read(small)[:2] == b"\xff\xa0"
        for unknown in ("", "nothing", hashlib.sha256(b"x").hexdigest()):
            with pytest.raises(InputError):
                export_subject(journal, unknown, operator="lan", desk="1")
