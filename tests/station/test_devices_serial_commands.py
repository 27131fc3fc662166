"""`station devices profiles` and `picture`, on simulated modules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from biometrics.formats.raster import read_grey
from devices.profiles import BUILT_IN
from devices.simulated.serial_ef01 import Ef01Simulator
from devices.simulated.wire_finger import Finger
from station.commands import devices_picture, devices_profiles
from tests.devices.contract.serial_cases import expected, picture, quick

RUN = CliRunner()


def app_of(command):
    import typer

    app = typer.Typer()
    app.command()(command)
    return app


def test_the_profiles_are_listed_and_one_is_shown_whole() -> None:
    listed = RUN.invoke(app_of(devices_profiles.command), ["--json"])
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {"zfm-generic", "suprema-sfm"} <= {r["profile"] for r in rows}
    shown = json.loads(RUN.invoke(app_of(devices_profiles.command), ["r558", "--json"]).stdout)
    assert shown["commands"]["led_control"] == {"opcode": "3C", "effect": "switch"}
    text = RUN.invoke(app_of(devices_profiles.command), ["r558", "--english"]).stdout
    assert "4-bit module, below enrolment grade" in text


def test_a_sites_broken_profile_is_named_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text((BUILT_IN / "gt511c3.toml").read_text("utf-8").replace("gap_ms", "gap"), "utf-8")
    done = RUN.invoke(app_of(devices_profiles.command), ["--folder", str(tmp_path)])
    assert done.exit_code == 1
    assert "ours.toml" in str(done.exception)
    assert "gap" in str(done.exception)


def test_a_picture_is_written_as_the_module_gave_it(tmp_path: Path) -> None:
    made = Ef01Simulator("grow-r503-v12", paced=False, finger=Finger(), picture=picture)
    port = made.start()
    try:
        out = tmp_path / "p.png"
        done = RUN.invoke(app_of(devices_picture.command), ["--out", str(out), "-d", f"ef01 port={port}", "--json"])
        assert done.exit_code == 0, done.output
        facts = json.loads(done.stdout)
        assert (facts["bits"], facts["levels"], facts["source"]) == (4, 16, "simulated")
        pixels, _ = read_grey(out.read_bytes())
        assert (pixels == expected(quick("grow-r503-v12"))).all()
    finally:
        made.stop()


def test_without_a_scanner_nothing_is_written(tmp_path: Path) -> None:
    done = RUN.invoke(app_of(devices_picture.command), ["--out", str(tmp_path / "p.png"), "-d", "folder-camera folder=/nowhere"])
    assert done.exit_code == 1
    assert not (tmp_path / "p.png").exists()


@pytest.mark.parametrize("command", [devices_picture.command, devices_profiles.command])
def test_help_explains(command) -> None:
    assert RUN.invoke(app_of(command), ["--help"]).exit_code == 0
