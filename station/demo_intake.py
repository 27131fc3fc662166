"""The demo's intake: another process with its own keys and folder, behind a loopback socket. It ends when its parent does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from station.app import Station
from station.carriers import TusCarrier
from station.errors import TransferError
from station.queue.joining import join, name_operators

START_DEADLINE_S = 90.0


@dataclass(frozen=True, slots=True)
class Ready:
    """What the intake said when it was ready."""

    url: str
    code: str
    public_key: str


class DemoIntake:
    """Starts `station intake serve --demo` as a child process. `with DemoIntake(folder) as intake: intake.connect(station)`."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self._folder, self._port = folder, port
        self._process: subprocess.Popen[str] | None = None
        self.ready: Ready | None = None
        self._listener: threading.Thread | None = None

    def start(self) -> Ready:
        """Start the process and wait until it listens.

        Raises:
            TransferError: ``intake-start``: it ended or said nothing (a port in use, a folder in use); its own sentence is passed on.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "station.demo_intake", str(self._folder), str(self._port)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._process = process
        timer = threading.Timer(START_DEADLINE_S, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
        except ValueError:  # closed while reading: told to stop while it was starting
            line = ""
        finally:
            timer.cancel()
        try:
            raw: dict[str, Any] = json.loads(line)
            self.ready = Ready(str(raw["url"]), str(raw["code"]), str(raw["public_key"]))
        except (ValueError, KeyError) as error:
            process.kill()
            said = _last_words(process)
            self._process = process
            self.stop()
            raise TransferError(f"The demo intake did not start; what was saved is safe. {said[-1] if said else 'Start again.'}",
                                code="intake-start") from error  # fmt: skip
        self._listener = threading.Thread(target=_drain, args=(process.stderr,), name="intake-stderr", daemon=True)
        self._listener.start()
        return self.ready

    def connect(self, station: Station) -> TusCarrier:
        """Enroll the station with the code of the ready line (once) and return a carrier to this intake."""
        assert self.ready is not None, "started first"
        pinned = station.queue.intake
        if pinned is None or pinned.to_text() != self.ready.public_key:
            station.pin_intake(join(self.ready.url, self.ready.code, station=station.origin, signer=station.keys.signer))
        intake = station.queue.intake
        assert intake is not None
        accounts = station.operators.accounts().values()
        name_operators(
            self.ready.url,
            [(a.operator_id, a.public) for a in accounts],
            station=station.origin,
            signer=station.keys.signer,
            intake=intake,
        )
        return TusCarrier(self.ready.url, station=station.origin, signer=station.keys.signer, intake=intake)

    @property
    def pid(self) -> int:
        """Process id of the running intake."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it without warning (fault injection)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask it to stop and wait; harmless when repeated, and while it is starting."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._listener is not None:
            self._listener.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _last_words(process: subprocess.Popen[str]) -> list[str]:
    """Return what a process that ended said on its error stream; nothing when the stream is closed already."""
    try:
        return (process.stderr.read() if process.stderr else "").strip().splitlines()
    except ValueError:
        return []


def _drain(stream: IO[str] | None) -> None:
    """Keep the child's error stream from filling up; the intake's own log has the lines."""
    if stream is not None:
        try:
            for _ in stream:
                pass
        except ValueError:  # closed while reading: the process is being stopped
            return


def main() -> None:
    """Be the child: serve until told to stop, or until the parent is gone (its end of the pipe closes)."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
    from station.cli import main as station

    station(["intake", "serve", "--folder", sys.argv[1], "--port", sys.argv[2], "--demo", "--code", "--json"])


if __name__ == "__main__":
    main()
