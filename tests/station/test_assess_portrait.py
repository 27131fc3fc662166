"""`station assess portrait` as a person or a program calls it."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from biometrics.formats.iso19794_5 import Edition, parse
from biometrics.portrait.reading import read_portrait
from biometrics.portrait.synthesis import Fault, render_face, settings_with
from station.cli import app
from station.desks.papers import form_portrait
from station.errors import StorageError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portraits")
    cv2.imwrite(str(folder / "clean.png"), render_face(3).image)
    cv2.imwrite(str(folder / "glasses.jpg"), render_face(4, settings_with(Fault.GLASSES)).image)
    (folder / "broken.jpg").write_bytes((folder / "glasses.jpg").read_bytes()[:3000])
    return folder


@pytest.fixture(autouse=True)
def no_packs(monkeypatch, tmp_path):
    monkeypatch.setenv("STATION_MODELS", str(tmp_path / "models"))


def run(*arguments: str):
    return CliRunner().invoke(app, ["assess", "portrait", *arguments])


def test_json_lines_crop_and_plot(folder, tmp_path):
    answer = run(
        str(folder / "clean.png"), str(folder / "glasses.jpg"), "--json", "--crop", str(tmp_path / "out"), "--plot", str(tmp_path),
        "--same-as", str(folder / "clean.png"),
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    clean, glasses = (json.loads(line) for line in answer.output.splitlines())
    assert clean["passed"] is True
    assert clean["instruction"] is None
    assert len(clean["components"]) == 28
    assert clean["components"]["UnifiedQualityScore"]["status"] == "not-assessed"
    assert glasses["instruction"] == "portrait-remove-glasses"
    assert glasses["same_person"]["answer"] == "not-compared"
    file = tmp_path / "out" / clean["crop"]["file"]
    assert file.stat().st_size == clean["crop"]["bytes"] <= 20_000
    assert read_portrait(file.read_bytes()).image.shape == (720, 480, 3)
    assert (tmp_path / "clean.portrait.png").stat().st_size > 10_000


def test_words_in_both_languages_and_honesty(folder):
    answer = run(str(folder / "glasses.jpg"), "--vietnamese")
    assert "Bỏ kính" in answer.output
    assert "limit not yet verified" in answer.output
    low = run(str(folder / "clean.png"), "--tier", "0")
    assert "cannot be known with this tier" in low.output


def test_a_broken_file_does_not_stop_the_others(folder):
    answer = run(str(folder / "broken.jpg"), str(folder / "missing.jpg"), str(folder / "clean.png"), "--json")
    assert answer.exit_code == 1
    rows = [json.loads(line) for line in answer.output.splitlines()]
    assert [row.get("error") for row in rows] == ["file-truncated", "file-missing", None]


def test_a_crop_that_cannot_be_made_is_said_and_the_next_file_goes_on(folder, tmp_path):
    small = folder / "small.png"
    cv2.imwrite(str(small), cv2.resize(render_face(3).image, (320, 180), interpolation=cv2.INTER_AREA))
    ways = (str(small), str(folder / "clean.png"), "--profile", "vn-passport", "--crop", str(tmp_path))
    answer = run(*ways)
    assert answer.exit_code == 1
    assert "small.png: the face is too small" in answer.output
    assert "clean.png: passes" in answer.output
    rows = [json.loads(line) for line in run(*ways, "--json").output.splitlines()]
    assert rows[0]["crop"] == {"error": "face-too-small"}
    assert rows[0]["instruction"] == "portrait-closer"
    assert rows[1]["crop"]["file"] == "clean.jpg"


@pytest.mark.parametrize(("name", "edition"), [("2005", Edition.E2005), ("2011", Edition.E2011)])
def test_the_crop_as_a_face_record(folder, tmp_path, name, edition):
    answer = run(str(folder / "clean.png"), "--json", "--crop", str(tmp_path), "--record", name)
    row = json.loads(answer.output)["crop"]
    assert row["record"] == "clean.fac"
    record = parse((tmp_path / "clean.fac").read_bytes())
    assert record.edition is edition
    (face,) = record.faces
    assert face.image == (tmp_path / row["file"]).read_bytes()
    assert (face.width, face.height) == (480, 720)
    # The eyes stand where the profile wants them: level, at 43 % of the height, the person's left eye on the picture's right.
    (left, right) = face.points
    assert (left.code, right.code) == (0xC1, 0xC2)
    assert left.x > right.x
    assert (left.x + right.x) / 2 == pytest.approx(240, abs=1)
    assert left.y == pytest.approx(0.43 * 720, abs=1)
    assert right.y == pytest.approx(0.43 * 720, abs=1)
    assert run(str(folder / "clean.png"), "--record", name).exit_code == 2


def test_the_form_shows_the_cut_picture_and_the_frame_where_no_face_is():
    frame = render_face(3).image
    cut = cv2.imdecode(np.frombuffer(form_portrait(frame), np.uint8), cv2.IMREAD_COLOR)
    assert cut.shape[0] / cut.shape[1] == pytest.approx(1.5, abs=0.01)
    empty = render_face(3, settings_with(Fault.NOBODY)).image
    assert cv2.imdecode(np.frombuffer(form_portrait(empty), np.uint8), cv2.IMREAD_COLOR).shape == empty.shape
    assert form_portrait(frame) == form_portrait(frame), "what was previewed is what is printed"


def test_two_files_with_one_stem_keep_their_own_crop(folder, tmp_path):
    cv2.imwrite(str(folder / "glasses.png"), render_face(5).image)
    answer = run(str(folder / "glasses.jpg"), str(folder / "glasses.png"), "--json", "--crop", str(tmp_path))
    names = [json.loads(line)["crop"]["file"] for line in answer.output.splitlines()]
    assert names == ["glasses.jp2", "glasses.png.jp2"]


def test_conformance_counts_and_exit_code(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("image,component,raw,scalar\na,EyesOpen,0.023177,58\na,HeadSize,0.224851,3\n", "utf-8")
    answer = run("--conformance", str(table))
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1].split() == ["total", "equal", "1", "within", "1", "1", "off", "0"]
    table.write_text("image,component,raw,scalar\na,EyesOpen,0.023177,99\n", "utf-8")
    assert run("--conformance", str(table)).exit_code == 1
    table.write_text("image,component\na,EyesOpen\n", "utf-8")
    assert run("--conformance", str(table)).exit_code == 1


def test_wrong_use(folder, tmp_path):
    assert run().exit_code == 2
    two = [str(folder / "clean.png"), str(folder / "glasses.jpg")]
    assert run(*two, "--plot", str(tmp_path / "one.png")).exit_code == 2


def test_a_plot_into_a_folder_that_is_not_there_says_so_and_the_result_stands(folder, tmp_path):
    answer = run(str(folder / "clean.png"), "--json", "--plot", str(tmp_path / "nowhere" / "one.png"))
    assert json.loads(answer.output.splitlines()[0])["file"] == "clean.png"
    assert isinstance(answer.exception, StorageError)
    assert "Check that its folder is there" in str(answer.exception)
    own = tmp_path / "own.toml"
    own.write_text("name = 3", "utf-8")
    assert run(str(folder / "clean.png"), "--profile", str(own)).exit_code == 1
    assert run(str(folder / "clean.png"), "--profile", "moon").exit_code == 1
