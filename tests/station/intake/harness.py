"""A real intake on a loopback socket (thread or process) and a real station beside it, for the tests of both."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from devices.contract import Source
from station.carriers import LineSettings, TusCarrier
from station.clock import SystemClock
from station.files import RealFiles
from station.intake.enrollment import new_code
from station.intake.serve import DEMO, listen, open_intake, serve
from station.intake.settings import IntakeSettings
from station.keys import Algorithm, HybridSealer, SoftwareSigner, StationKeys, UnprotectedWrapper
from station.package import SealedPackage, seal_package
from station.package.identity import IntakePublic
from station.queue import Queue, Uploader
from station.queue.joining import join, name_operators
from tests.station.package.builders import content

TRIAL: IntakeSettings = replace(DEMO, min_free_bytes=0)


class RunningIntake:
    """An intake on a thread. `url` is its address; `intake` the object behind it."""

    def __init__(self, folder: Path, settings: IntakeSettings = TRIAL, *, passphrase: str | None = None, port: int = 0,
                 database: str | None = None) -> None:  # fmt: skip
        self.intake = open_intake(folder, settings, passphrase=passphrase, database=database)
        self.folder = folder
        self._stop, started = threading.Event(), threading.Event()
        self.line: dict = {}

        def ready(line: dict) -> None:
            self.line.update(line)
            started.set()

        sock = listen("127.0.0.1", port)
        self._thread = threading.Thread(target=serve, args=(self.intake, sock), kwargs={"ready": ready, "stop": self._stop})
        self._thread.start()
        assert started.wait(30)
        self.url: str = self.line["url"]

    def code(self) -> str:
        return new_code(self.intake)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


class IntakeProcess:
    """An intake in its own process, to be killed."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0) -> None:
        command = [sys.executable, "-m", "station", "intake", "serve", "--folder", str(folder), "--port", str(port), "--demo",
                   "--json", *arguments]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line, self.process.wait(20)
        self.line = json.loads(line)
        self.url: str = self.line["url"]
        self.port: int = self.line["port"]

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(30)
        self.process.stdout.close()
        return code


class Station:
    """A station with keys, an operator and a queue. `enroll` pins the intake."""

    def __init__(self, folder: Path) -> None:
        self.files = RealFiles(folder)
        self.keys = StationKeys.open_or_create(self.files, UnprotectedWrapper(self.files))
        self.operator = SoftwareSigner.generate(Algorithm.ED25519)
        self.id = self.keys.station_id
        self.clock = SystemClock()
        self.intake: IntakePublic | None = None
        self.queue = Queue(self.files, self.clock, intake=None, find_station=self.find, key=self.keys.journal_key)
        self._sequence = 0
        self._carriers: list[TusCarrier] = []

    def find(self, key_id: str):
        return self.keys.signer.public if key_id == self.keys.signer.key_id else None

    def enroll(self, url: str, code: str, *, operators: bool = True) -> IntakePublic:
        self.intake = join(url, code, station=self.id, signer=self.keys.signer)
        self.queue.intake = self.intake
        if operators:
            name_operators(url, [("op-1", self.operator.public)], station=self.id, signer=self.keys.signer, intake=self.intake)
        return self.intake

    def seal(self, number: int = 1, *, sizes: tuple[int, ...] = (300, 200), source: Source = Source.DEVICE, demo: bool = False,
             **options) -> SealedPackage:  # fmt: skip
        self._sequence += 1
        what = content(number, station=self.id, sizes=sizes, source=source, demo=demo, sequence=self._sequence, **options)
        return seal_package(what, station=self.keys.signer, operator=self.operator, recipients=[self.intake.recipient],
                            sealer=HybridSealer())  # fmt: skip

    def carrier(self, url: str, line: LineSettings | None = None, **options) -> TusCarrier:
        made = TusCarrier(url, station=self.id, signer=self.keys.signer, intake=self.intake, line=line, **options)
        self._carriers.append(made)
        return made

    def close(self) -> None:
        for carrier in self._carriers:
            carrier.close()
        self.queue.close()

    def uploader(self, url: str, **options) -> Uploader:
        return Uploader(self.queue, self.carrier(url, **options), self.clock, seed=1)
