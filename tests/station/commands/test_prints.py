"""`station match`, `station search` and `station assess slap` on files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.fingerprint.minutiae import to_bytes
from biometrics.fingerprint.synthesis import Person, slap
from biometrics.formats import ansi378, iso19794_2
from biometrics.formats.raster import write_png
from biometrics.positions import FingerPosition
from station.cli import main
from tests.biometrics.prints import template, touch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("prints")
    for person, seed in ((3, 0), (3, 1), (4, 0)):
        (place / f"{person}_{seed}.png").write_bytes(write_png(touch(person, seed=seed).image, 500))
    return place


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_match_says_how_alike_two_prints_are(capsys, folder, tmp_path):
    plot = tmp_path / "plot.png"
    code, out = run(capsys, "match", folder / "3_0.png", folder / "3_1.png", "--json", "--plot", plot)
    row = json.loads(out)
    assert code == 0
    assert row["match"] is True
    assert row["fmr"] < 1e-4
    assert cv2.imread(str(plot)).shape[1] > touch(3).image.shape[1]
    code, out = run(capsys, "match", folder / "3_0.png", folder / "4_0.png")
    assert code == 0
    assert out.startswith("no match")


def test_match_takes_records_and_templates(capsys, folder, tmp_path):
    record = iso19794_2.record_of(template(3), FingerPosition.RIGHT_INDEX)
    (tmp_path / "a.fmr").write_bytes(iso19794_2.write(record))
    (tmp_path / "a.378").write_bytes(ansi378.write(record))
    (tmp_path / "a.eft").write_bytes(to_bytes(template(3)))
    for name in ("a.fmr", "a.378", "a.eft"):
        _, out = run(capsys, "match", tmp_path / name, folder / "3_1.png", "--json")
        assert json.loads(out)["fmr"] < 1e-2


def test_match_all_writes_every_pair(capsys, folder, tmp_path):
    table = tmp_path / "t.csv"
    assert run(capsys, "match", "--all", folder, "--csv", table)[0] == 0
    with table.open() as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["a", "b", "score", "fmr"]
    assert [(r["a"], r["b"]) for r in rows] == [("3_0.png", "3_1.png"), ("3_0.png", "4_0.png"), ("3_1.png", "4_0.png")]


def test_search_finds_the_finger(capsys, folder, tmp_path):
    code, out = run(capsys, "search", folder / "3_1.png", "--gallery", folder, "--json", "-k", 2, "--save", tmp_path / "g")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [r["name"] for r in rows] == ["3_1.png", "3_0.png"]
    _, again = run(capsys, "search", folder / "3_1.png", "--gallery", tmp_path / "g", "--json", "-k", 2)
    assert again == out


def test_assess_slap_names_the_fingers(capsys, tmp_path):
    picture = slap(Person.from_seed(7), FingerPosition.RIGHT_FOUR, seed=1).image
    (tmp_path / "slap.png").write_bytes(write_png(picture, 500))
    code, out = run(capsys, "assess", "slap", tmp_path / "slap.png", "--json", "--no-quality", "--expected", "right")
    row = json.loads(out)
    assert code == 0
    assert (row["file"], row["hand"], row["error"]) == ("slap.png", "right_four", None)
    assert {f["position"] for f in row["fingers"]} == {"right_index", "right_middle", "right_ring", "right_little"}
    assert set(row["fingers"][0]) == {"position", "centre", "width", "height", "angle_deg", "confidence", "quality"}


def test_assess_slap_with_a_missing_finger_ends_with_1(capsys, tmp_path):
    picture = slap(Person.from_seed(7), FingerPosition.RIGHT_FOUR, seed=1, missing=(FingerPosition.RIGHT_RING,)).image
    (tmp_path / "slap.png").write_bytes(write_png(picture, 500))
    code, out = run(capsys, "assess", "slap", tmp_path / "slap.png", "--no-quality", "--expected", "right")
    assert code == 1
    assert "fingers-missing" in out


def test_what_cannot_be_read_is_one_sentence(capsys, tmp_path):
    (tmp_path / "no.png").write_bytes(b"not a picture")
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((8, 8), np.uint8))
    for name in ("no.png", "tiny.png", "absent.png"):
        assert run(capsys, "match", tmp_path / name, tmp_path / name)[0] == 1
    assert run(capsys, "match")[0] == 2
    assert run(capsys, "match", "--all", tmp_path / "nowhere")[0] == 1
