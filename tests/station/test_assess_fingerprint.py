"""`station assess fingerprint` and `station models`: the keys of a row, refusals, tables, conformance, import by sha256."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from biometrics.fingerprint.quality.training.faults import faulty_prints
from station.cli import app
from station.quality import Conformance, csv_header, csv_line

KEYS = ["file", "measures", "actionable", "quality_blocks", "score", "model", "reasons", "error", "seconds"]


@pytest.fixture
def prints(tmp_path, monkeypatch):
    monkeypatch.setenv("STATION_MODELS", str(tmp_path / "models"))
    folder = tmp_path / "prints"
    folder.mkdir()
    for number, (name, image) in enumerate(faulty_prints(3, 8, ("clean", "moved", "none"))):
        cv2.imwrite(str(folder / f"{number}-{name}.png"), image)
    return folder


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_json_rows_have_exactly_the_promised_keys(prints):
    result = run("assess", "fingerprint", str(prints), "--json")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(row) for row in rows] == [KEYS] * 3
    assert len(rows[0]["measures"]) == 69
    assert len(rows[0]["quality_blocks"]) == 19
    assert "not NFIQ 2" in rows[0]["model"]
    assert "moved" in [r["code"] for r in rows[1]["reasons"]]
    assert rows[2]["score"] is None
    assert rows[2]["error"]


def test_table_plot_sheet_and_two_processes(prints, tmp_path):
    result = run("assess", "fingerprint", str(prints), "--csv", "--jobs", "2", "--plot", str(tmp_path / "p.png"), "--sheet", str(tmp_path / "s.png"))  # fmt: skip
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split(",") == csv_header()
    assert len(lines) == 4
    assert cv2.imread(str(tmp_path / "p.png")) is not None
    assert cv2.imread(str(tmp_path / "s.png")) is not None


def test_a_bad_file_is_a_row_with_its_error(prints):
    (prints / "9-broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    cv2.imwrite(str(prints / "8-colour.png"), np.dstack([np.zeros((50, 50), np.uint8)] * 2 + [np.full((50, 50), 9, np.uint8)]))
    rows = [json.loads(line) for line in run("assess", "fingerprint", str(prints), "--json").stdout.splitlines()]
    assert [row["error"] for row in rows[-2:]] == ["image-colour", "image-corrupt"]


def test_conformance_tells_a_changed_measure(prints, tmp_path):
    rows = [json.loads(line) for line in run("assess", "fingerprint", str(prints), "--json").stdout.splitlines()]
    table = tmp_path / "reference.csv"
    table.write_text("\n".join([",".join(csv_header()), *map(csv_line, rows)]) + "\n")
    assert run("assess", "fingerprint", str(prints), "--conformance", str(table)).exit_code == 0
    rows[0]["measures"]["Mu"] += 0.01
    table.write_text("\n".join([",".join(csv_header()), *map(csv_line, rows)]) + "\n")
    result = run("assess", "fingerprint", str(prints), "--conformance", str(table))
    assert result.exit_code == 1
    assert Conformance.load(table).reference


@pytest.mark.shared_data
def test_import_list_remove(prints, shared, tmp_path):
    assert json.loads(run("models", "list", "--json").stdout.splitlines()[0])["state"] == "missing"
    other = tmp_path / "other.yaml"
    other.write_bytes(b"%YAML:1.0\n")
    assert run("models", "import", str(other)).exit_code != 0
    result = run("models", "import", str(shared / "nfiq2" / "nist_plain_tir-ink.yaml.xz"))
    assert result.exit_code == 0, result.output
    assert json.loads(run("models", "list", "--json").stdout.splitlines()[0])["state"] == "ready"
    assert run("models", "remove", "nfiq2").exit_code == 0
    assert json.loads(run("models", "list", "--json").stdout.splitlines()[0])["state"] == "missing"
