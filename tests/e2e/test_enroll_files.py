"""`station enroll --from DIR` on real prints, and on everything that a folder can do wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.formats.raster import write_png
from station.cli import main
from station.enrollment_file import read_enrollment
from station.package.papers import check_papers
from tests.e2e.real_prints import APPLICANT, enrollment_folder
from tests.e2e.running import opened_at_intake, run


@pytest.mark.shared_data
def test_real_prints_arrive_byte_identical(tmp_path: Path, shared: Path) -> None:
    source = enrollment_folder(tmp_path / "given", shared)
    sheet = np.full((600, 420, 3), 250, np.uint8)
    for y in range(50, 560, 30):
        cv2.putText(sheet, "GIAY KHAI SINH", (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2, cv2.LINE_AA)
    (source / "birth.png").write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
    with (source / "enrollment.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[paper]]\nfile = "birth.png"\nkind = "birth-certificate"\nfield = "mother_name"\n')
    code, events, err = run("enroll", "--from", str(source), "--folder", str(tmp_path / "kept"), "--json")
    assert code == 0, err
    assert sum(e["event"] == "capture" for e in events) == 14
    (receipt,) = [e for e in events if e["event"] == "receipt"]
    assert receipt["verified"] is True
    opened = opened_at_intake(tmp_path / "kept" / "intake", receipt["id"])
    files = {(int(p.position), int(p.impression)): p.path for p in read_enrollment(source).prints}
    seen = 0
    for noted in opened.manifest.captures:
        path = files.get((noted.capture.position, noted.capture.impression), source / "portrait.png")
        assert opened.part(noted.parts[0]) == path.read_bytes()
        assert noted.capture.source.value == "file"
        seen += 1
    assert seen == 14
    (paper,) = check_papers(opened.manifest.facts, opened.manifest.parts, opened.events, opened.part)
    assert (paper.kind, paper.field, paper.source) == ("birth-certificate", "mother_name", "file")


def _given(
    folder: Path,
    *,
    picture: bytes,
    position: object = 2,
    impression: object = 1,
    ppi: object = 500,
    text: str = "",
    more: str = "",
) -> Path:
    folder.mkdir()
    (folder / "print.png").write_bytes(picture)
    (folder / "face.png").write_bytes(write_png(np.full((60, 60, 3), 200, np.uint8)))
    lines = ['procedure = "test-short"', "[applicant]", *(f'{k} = "{v}"' for k, v in APPLICANT.items()), "[[capture]]", 'file = "print.png"',
             f"position = {position}", f"impression = {impression}", f"ppi = {ppi}", "[portrait]", 'file = "face.png"']  # fmt: skip
    (folder / "enrollment.toml").write_text(text or "\n".join([*lines, more]), encoding="utf-8")
    return folder


GOOD = write_png(np.tile(np.arange(200, dtype=np.uint8), (200, 1)), 500)


def _bomb() -> bytes:
    data = bytearray(GOOD)
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    return bytes(data)


COLOUR = cv2.imencode(".png", np.random.default_rng(1).integers(0, 255, (50, 50, 3), dtype=np.uint8))[1].tobytes()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"picture": GOOD[:40]}, "print.png"),
        ({"picture": _bomb()}, "60000"),
        ({"picture": COLOUR}, "colour"),
        ({"picture": GOOD, "ppi": 300}, "ppi"),
        ({"picture": GOOD, "ppi": '"500"'}, "ppi"),
        ({"picture": GOOD, "position": 77}, "position"),
        ({"picture": GOOD, "impression": 9}, "impression"),
        ({"picture": GOOD, "text": "procedure = ["}, "enrollment.toml"),
        ({"picture": GOOD, "text": 'procedure = "x"'}, "applicant"),
        ({"picture": GOOD, "more": '[[paper]]\nfile = "face.png"\nkind = "visa"'}, "visa"),
        ({"picture": GOOD, "more": '[[paper]]\nfile = "face.png"\nkind = "other"'}, "what paper"),
        ({"picture": GOOD, "more": '[[paper]]\nfile = "face.png"\nkind = "residence-paper"'}, "readable"),
        ({"picture": GOOD, "more": '[[paper]]\nfile = "none.png"\nkind = "other"'}, "none.png"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_1(
    tmp_path: Path, change: dict[str, object], word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    source = _given(tmp_path / "given", **change)  # type: ignore[arg-type]  # parametrised by hand
    _refused(source, tmp_path, capfd, word)


def _refused(source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], word: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["enroll", "--from", str(source), "--folder", str(tmp_path / "kept"), "--json"])
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1, err
    assert word in err
    assert str(tmp_path) not in err


def test_a_missing_file_and_a_missing_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = _given(tmp_path / "given", picture=GOOD)
    (source / "print.png").unlink()
    _refused(source, tmp_path, capfd, "print.png")
    _refused(tmp_path / "nowhere", tmp_path, capfd, "enrollment.toml")
