"""`station assess portrait` as a person or a program calls it."""

from __future__ import annotations

import json

import cv2
import pytest
from typer.testing import CliRunner

from biometrics.portrait.reading import read_portrait
from biometrics.portrait.synthesis import Fault, render_face, settings_with
from station.cli import app


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
    own = tmp_path / "own.toml"
    own.write_text("name = 3", "utf-8")
    assert run(str(folder / "clean.png"), "--profile", str(own)).exit_code == 1
    assert run(str(folder / "clean.png"), "--profile", "moon").exit_code == 1
