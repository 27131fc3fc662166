"""`station devices calibrate` and `certificate …` from the outside, on simulated devices."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import typer
from pypdf import PdfReader
from typer.testing import CliRunner

from station.commands.devices_calibrate import certificate as certificate_app
from station.commands.devices_calibrate import command
from station.commands.keys import app as keys_app
from station.errors import InputError

RUN = CliRunner()
CALIBRATE = typer.Typer()
CALIBRATE.command()(command)


def invoke(app: typer.Typer, *arguments: str) -> tuple[int, list[dict]]:
    result = RUN.invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("station"))
    assert RUN.invoke(keys_app, ["init", "--data", folder, "--by", "unprotected"]).exit_code == 0
    return folder


def test_from_capture_to_paper(data: str, tmp_path: Path) -> None:
    """A wrong scale is corrected, proven and signed; the certificate is listed, shown, verified, printed, and refused when one byte changes."""
    pictures, pdf = tmp_path / "pictures", tmp_path / "c.pdf"
    code, rows = invoke(CALIBRATE, "--device", "simulated-scanner flaw=ppi-y", "--plan", "single", "--limits", "ebts-f-500", "--temperature", "25,4",
                        "--target-serial", "T-12", "--target-expires", "2099-01-31", "--save-images", str(pictures), "--data", data, "--json")  # fmt: skip
    last = rows[-1]
    assert code == 0
    assert (last["result"], last["corrections"], last["check"], last["source"], last["number"]) == (
        "passed",
        ["scale"],
        "certificate-valid",
        "simulated",
        1,
    )
    values = {(r["test"], r["at"]): r for r in rows[:-1]}
    assert values["ppi-y", None]["value"] == pytest.approx(500, rel=0.002)
    assert values["ctf-x", 5.0]["verified"] is False
    names = sorted(p.name for p in pictures.iterdir())
    assert len(names) == 18
    assert not any("fingers" in n for n in names)  # no print of a person is kept

    assert invoke(certificate_app, "list", "--data", data, "--json")[1] == [last]
    code, shown = invoke(certificate_app, "show", "--data", data, "--json")
    assert (code, shown[-1], len(shown)) == (0, last, len(rows))
    assert invoke(certificate_app, "verify", "--serial", "SIM-0001", "--data", data, "--json") == (0, [last])
    assert invoke(certificate_app, "print", str(pdf), "--data", data)[0] == 0
    text = " ".join(p.extract_text() for p in PdfReader(pdf).pages)
    assert "SIMULATED DEVICE" in text
    assert "T-12" in text

    (file,) = Path(data).glob("calibration/*/00001.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert invoke(certificate_app, "verify", str(file), "--data", data, "--json")[0] == 0
    copy = tmp_path / "copy.json"
    copy.write_bytes(file.read_bytes().replace(b"SIM-0001", b"SIM-0009"))
    with pytest.raises(ValueError, match="changed"):
        invoke(certificate_app, "verify", str(copy), "--data", data)
    with pytest.raises(InputError):
        invoke(certificate_app, "show", "--serial", "SIM-0009", "--data", data)


def test_a_device_that_does_not_pass_and_one_that_nobody_signed(data: str) -> None:
    code, rows = invoke(
        CALIBRATE, "--device", "simulated-scanner flaw=blur", "--plan", "single", "--unsigned", "--data", data, "--json"
    )
    assert (code, rows[-1]["result"], rows[-1]["signed"], rows[-1]["check"]) == (1, "failed", False, "certificate-unsigned")
    code, rows = invoke(certificate_app, "verify", "--data", data, "--json")
    assert (code, rows[0]["verified"]) == (1, False)
    shown = RUN.invoke(certificate_app, ["list", "--data", data])
    assert "không phải chữ ký" in shown.stdout


def test_a_station_with_people_wants_to_know_who_asks(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse battery staple\n")
    folder = str(tmp_path / "station")
    assert RUN.invoke(keys_app, ["init", "--data", folder, "--new-file", str(secret)]).exit_code == 0
    result = RUN.invoke(CALIBRATE, ["--data", folder, "--passphrase-file", str(secret)])
    assert getattr(result.exception, "reason_code", "") == "not-signed-in"


@pytest.mark.parametrize(("arguments", "code"), [
    (["--device", "simulated-card"], "calibration-no-device"), (["--device", "nobody"], "calibration-no-device"),
    (["--device", "simulated-scanner flaw=nothing"], "calibration-no-device"),
    (["--plan", "nothing"], "calibration-plan"), (["--limits", "camera-site"], "calibration-limits"), (["--captures", "2"], "calibration-captures"),
    (["--target-expires", "31/01/2027"], "date-format"), (["--target-expires", "2020-01-31"], "calibration-target-expired"),
    (["--plan", "camera"], "calibration-plan"),
])  # fmt: skip
def test_wrong_wishes_are_told(data: str, arguments: list[str], code: str) -> None:
    result = RUN.invoke(CALIBRATE, [*arguments, "--data", data])
    assert getattr(result.exception, "reason_code", "") == code


def test_targets_are_printed_without_a_station(tmp_path: Path) -> None:
    assert RUN.invoke(CALIBRATE, ["--print-targets", str(tmp_path / "t.pdf")]).exit_code == 0
    assert len(PdfReader(tmp_path / "t.pdf").pages) == 3
