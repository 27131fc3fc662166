"""`station queue` and `station package` from the outside, against a real intake."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from station.app import Station
from station.commands import intake as intake_command
from station.commands import package as package_command
from station.commands import queue as queue_command
from station.keys import HybridSealer, SoftwareSigner
from station.package import seal_package
from station.queue.joining import name_operators
from tests.station.intake.harness import RunningIntake
from tests.station.package.builders import content


@pytest.fixture
def running(tmp_path):
    made = RunningIntake(tmp_path / "intake")
    yield made
    made.close()


def run(app, *arguments: str, code: int = 0) -> list[dict]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_join_send_list_carry_and_open(tmp_path, running) -> None:
    folder, stick = tmp_path / "station", tmp_path / "stick"
    stick.mkdir()
    station = Station.open(folder, demo=True)
    key = station.keys.signer
    station.close()
    options = ("--folder", str(folder), "--demo")
    (joined,) = run(queue_command.app, "join", running.code(), *options, "--url", running.url, "--json")
    assert joined["intake"] == "demo-intake"

    station, operator = Station.open(folder, demo=True), SoftwareSigner.generate()
    name_operators(running.url, [("op-1", operator.public)], station=station.origin, signer=key, intake=station.queue.intake)
    sealed = []
    for number in (1, 2):
        what = content(number, station=station.origin, sequence=number)
        sealed.append(seal_package(what, station=key, operator=operator, recipients=[station.queue.intake.recipient],
                                   sealer=HybridSealer()))  # fmt: skip
        station.queue.put(sealed[-1])
    station.close()

    run(queue_command.app, "export", *options, "--stick", str(stick), code=1)  # not allowed yet
    run(queue_command.app, "allow-stick", *options, "--stick", str(stick))
    first, second = (s.package_id for s in sealed)
    run(
        queue_command.app, "export", first, "f" * 32, *options, "--stick", str(stick), code=1
    )  # not in this queue: nothing is copied
    assert not list(stick.glob("**/*.pkg"))
    (exported,) = run(queue_command.app, "export", first, *options, "--stick", str(stick), "--json")
    assert (exported["copied"], exported["passed_over"]) == (1, 0)
    run(queue_command.app, "hold", second, *options)
    (exported,) = run(queue_command.app, "export", second, first, *options, "--stick", str(stick), "--json")
    assert (exported["copied"], exported["passed_over"]) == (1, 1)
    run(queue_command.app, "upload", second, *options, "--url", running.url, code=1)  # held: it is not sent
    run(queue_command.app, "hold", second, *options, "--release")
    (exported,) = run(queue_command.app, "export", *options, "--stick", str(stick), "--json")
    assert exported["copied"] == 2
    totals = run(queue_command.app, "list", *options, "--json")[-1]
    assert (totals["sealed"], totals["sent"], totals["total"]) == (2, 0, 2)

    lines = run(queue_command.app, "upload", second, *options, "--url", running.url, "--json")
    assert (lines[-1]["acknowledged"], lines[-1]["sealed"]) == (1, 1)  # the other one waits on
    lines = run(queue_command.app, "upload", *options, "--url", running.url, "--json")
    assert lines[-1]["acknowledged"] == 2
    receipts = run(queue_command.app, "receipts", *options, "--json", "--to", str(tmp_path / "receipts"))
    assert all(r["verified"] for r in receipts)
    assert len(list((tmp_path / "receipts").iterdir())) == 2
    history = run(queue_command.app, "history", sealed[0].package_id, *options, "--json")
    assert [h["what"] for h in history] == ["sealed", "exported", "exported", "exported", "sent", "acknowledged"]
    both = run(queue_command.app, "history", first, second, *options, "--json")
    assert [(h["package"], h["what"]) for h in both[:3]] == [(first, "sealed"), (second, "sealed"), (first, "exported")]

    imported = run(intake_command.app, "import", "--folder", str(tmp_path / "intake"), "--demo", "--stick", str(stick), "--json")[
        0
    ]
    assert (imported["accepted"], imported["repeated"]) == (0, 2)
    back = run(queue_command.app, "import", *options, "--stick", str(stick), "--json")[0]
    assert back["acknowledged"] == 0

    file = tmp_path / "one.pkg"
    file.write_bytes(sealed[0].data)
    where = ("--intake", str(tmp_path / "intake"), "--demo")
    assert run(package_command.app, "inspect", str(file))[0]["package"] == sealed[0].package_id
    assert run(package_command.app, "verify", str(file), *where)[0]["verified"]
    opened = run(package_command.app, "open", str(file), *where)
    assert opened[0]["dossier"] == sealed[0].dossier
    run(package_command.app, "export", str(file), "--to", str(tmp_path / "out"), *where)
    assert (tmp_path / "out" / "c00-image").read_bytes() == content(1, station="0" * 16).captures[0].parts[0].data
    run(package_command.app, "export", str(file), "--to", str(tmp_path / "out"), *where, code=1)  # not over what is there
    file.write_bytes(sealed[0].data[:-1])
    run(package_command.app, "verify", str(file), *where, code=1)


def test_upload_to_nowhere_says_why_and_exits_1(tmp_path, running) -> None:
    folder = tmp_path / "station"
    Station.open(folder, demo=True).close()
    options = ("--folder", str(folder), "--demo")
    run(queue_command.app, "upload", *options, "--url", running.url, code=1)  # has not joined
    run(queue_command.app, "join", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", *options, "--url", running.url, code=1)
    run(queue_command.app, "list", *options, "--state", "done", code=1)
    run(queue_command.app, "list", "--folder", str(tmp_path / "none"), "--demo", code=1)
