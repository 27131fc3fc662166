"""Kill -9 at random moments, of the station or of the intake while they talk: nothing acknowledged is lost, nothing stands twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from station.clock import SystemClock
from station.dossier.kinds import Kind
from station.files import RealFiles
from station.queue.model import State
from tests.e2e.running import ROOT, environment
from tests.station.whole_run import open_intake, open_station

STATION = """
def patiently(work):
    while True:
        try:
            return work()
        except StationError as error:
            if error.reason_code not in {"intake-unreachable", "slow-line", "intake-busy", "peer-lies", "intake-error"}:
                raise
            time.sleep(0.05)

def live(folder, url, code, target):
    folder = Path(folder)
    say = lambda *words: print(*words, flush=True)
    station = open_station(RealFiles(folder), folder, SystemClock())
    say("open")
    if station.queue.intake is None:
        station.pin_intake(patiently(lambda: join(url, code, station=station.origin, signer=station.keys.signer)))
    people = [(a.operator_id, a.public) for a in station.operators.accounts().values()]
    patiently(lambda: name_operators(url, people, station=station.origin, signer=station.keys.signer, intake=station.queue.intake))
    carrier = TusCarrier(url, station=station.origin, signer=station.keys.signer, intake=station.queue.intake, chunk_bytes=6000)
    uploader = Uploader(station.queue, carrier, station.clock)
    tell = lambda note: say(note[0], note[1].id if note[0] == "event" else note[1])
    for number in range(int(target)):
        entry = enroll(station, tell, f"t{number}")
        while (entry := station.queue.get(entry.package_id)).state is not State.ACKNOWLEDGED:
            if uploader.step() is None:
                time.sleep(0.02)
            uploader.wake()
        say("receipt", entry.package_id, entry.receipt_number)
        station.tell_journal()
    say("done")
    station.close()
"""
INTAKE = """
def live(folder, port, code):
    from station.cli import main
    main(["intake", "serve", "--folder", folder, "--port", port, "--demo", "--json", *(["--code"] if code else [])])
"""
ZYGOTE = """
import os, signal, sys, time
from pathlib import Path
import station.commands.intake, station.intake.serve
from station.carriers import TusCarrier
from station.clock import SystemClock
from station.errors import StationError
from station.files import RealFiles
from station.queue import Uploader
from station.queue.joining import join, name_operators
from station.queue.model import State
from tests.station.whole_run import enroll, open_station
exec(sys.argv[1])
for line in sys.stdin:
    if not (pid := os.fork()):
        try:
            live(*line.rstrip("\\n").split("\\t"))
        finally:
            os._exit(0)
    print("born", pid, flush=True)
    os.waitpid(pid, 0)
    print("dead", pid, flush=True)
"""


class Lives:
    """One program that is born, killed and born again. A parent that has everything imported forks each life, so that a birth is quick."""

    def __init__(self, program: str) -> None:
        # the smallest pipe: a life that runs far ahead of a slow reader would be done before it is killed
        self.process = subprocess.Popen([sys.executable, "-c", ZYGOTE, program], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        pipesize=4096, cwd=ROOT, env=environment())  # fmt: skip
        self.pid = 0
        self.count = 0

    def bear(self, *arguments: str) -> None:
        """Begin a life."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\t".join(arguments) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().split()
        assert line[0] == "born", line
        self.pid, self.count = int(line[1]), self.count + 1

    def line(self) -> str:
        """Return the next line of the life, "" when it is over (and ever after: nobody is left who could write one)."""
        if not self.pid:
            return ""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line.startswith(f"dead {self.pid}") or not line:
            self.pid = 0
            return ""
        return line.strip()

    def kill(self) -> list[str]:
        """Kill -9; return the lines it had still printed before, whole ones only."""
        rest = []
        if self.pid:
            with contextlib.suppress(ProcessLookupError):  # it came to its end by itself
                os.kill(self.pid, signal.SIGKILL)
            assert self.process.stdout is not None
            while (
                line := self.process.stdout.readline()
            ) and f"dead {self.pid}" not in line:  # half a line runs into it: it was not told
                rest.append(line.strip())
            self.pid = 0
        return rest

    def close(self) -> None:
        """End everything."""
        self.kill()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # the watchdog ended it: the failed read says so, not this
            self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def kill_both(base: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill one of the two `kills` times; return (packages, lives of the intake)."""
    rng = random.Random(seed)
    target = kills // 2 + 2
    lines: list[str] = []
    intake, station = Lives(INTAKE), Lives(STATION)
    watchdog = threading.Timer(120 + 5.0 * kills, station.process.kill)  # a hang ends as a failed read
    watchdog.start()
    try:
        intake.bear(str(base / "intake"), "0", "code")
        ready = json.loads(intake.line())
        port, wanted = str(ready["port"]), (str(base / "station"), ready["url"], ready["code"], str(target))
        station.bear(*wanted)
        for _ in range(kills):
            lines += [station.line() for _ in range(rng.randint(1, 9))]
            if rng.random() < 0.4:
                intake.kill()
                intake.bear(str(base / "intake"), port, "")
                assert json.loads(intake.line())["event"] == "ready"
            else:
                lines += station.kill()
                station.bear(*wanted)
        if not station.pid:  # done already: its last life has nothing left but to say so
            station.bear(*wanted)
        while line := station.line():
            lines.append(line)
    finally:
        watchdog.cancel()
        station.close()
        intake.close()
    assert lines[-1] == "done", lines[-3:]
    look(base, target, [line.split() for line in lines if line])
    return target, intake.count


def look(base: Path, target: int, told: list[list[str]]) -> None:
    """Everything printed is there, and each dossier ended with one receipt."""
    receipts = {t[1]: t[2] for t in told if t[0] == "receipt"}
    store = open_intake(RealFiles(base / "intake"), base / "intake" / "intake.db").store
    station = open_station(RealFiles(base / "station"), base / "station", SystemClock())
    try:
        events = station.journal.events()
        ids = {str(e.id) for e in events}
        assert len(ids) == len(events)
        assert {t[1] for t in told if t[0] == "event"} <= ids
        assert all(station.journal.has_blob(t[1]) for t in told if t[0] == "blob")
        assert {t[1] for t in told if t[0] == "sealed"} <= {e.package_id for e in station.queue.entries()}
        entries = station.queue.entries()
        assert len({e.dossier for e in entries}) == len(entries) == len(receipts) == target
        assert all(e.state is State.ACKNOWLEDGED and receipts[e.package_id] == e.receipt_number for e in entries)
        assert store.totals()["accepted"] == target
        for entry in entries:
            log = station.journal.events(entry.dossier)
            steps = [e.body["step"] for e in log if e.kind == Kind.CAPTURED]
            assert sorted(steps) == sorted(s.id for s in station.book.state(entry.dossier).procedure.steps), (
                "a capture lost or twice"
            )
            assert {e.body["receipt"] for e in log if e.kind == Kind.RECEIPT} == {entry.receipt_number}
        assert station.journal.check().sound
    finally:
        station.close()
        store.close()


def test_station_or_intake_killed_twenty_times(quick: Path) -> None:
    packages, intakes = kill_both(quick, 20, 20261128)
    assert packages == 12
    assert intakes > 3


@pytest.mark.all
@pytest.mark.parametrize("seed", range(4))
def test_station_or_intake_killed_two_hundred_times(quick: Path, seed: int) -> None:
    assert kill_both(quick, 50, seed)[1] > 10
