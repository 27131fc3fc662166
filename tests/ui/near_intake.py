"""The demo's intake on a thread of the test's own process: the same server behind the same loopback socket, without the second of CPU that
a new interpreter takes for each window. What only a process of its own shows (it is killed, it starts, it speaks through pipes) asks for
`DemoIntake`: `tests/ui/test_enrollment.py`, `tests/e2e`."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from station.demo_intake import DemoIntake, Ready
from station.errors import StationError, TransferError
from station.intake.serve import DEMO, listen, open_intake, serve

STARTS_S = 60.0


class NearIntake(DemoIntake):
    """Starts `serve` on a thread. As the process: `start`, `connect`, `stop`; it cannot be killed."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        super().__init__(folder, port=port)
        self._stopping: threading.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Ready:
        """Start the thread and wait until it listens.

        Raises:
            TransferError: ``intake-start``: it ended before it was ready.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        stop, said = threading.Event(), queue.SimpleQueue[dict[str, Any] | None]()

        def run() -> None:
            with suppress(StationError):
                sock = listen("127.0.0.1", self._port)
                serve(open_intake(self._folder, DEMO), sock, ready=said.put, with_code=True, stop=stop)
            said.put(None)

        self._stopping, self._thread = stop, threading.Thread(target=run, name="near-intake", daemon=True)
        self._thread.start()
        line = said.get(timeout=STARTS_S)
        if line is None:
            raise TransferError("The intake on its thread did not start.", code="intake-start")
        self.ready = Ready(str(line["url"]), str(line["code"]), str(line["public_key"]))
        return self.ready

    def kill(self) -> None:
        """A thread cannot be killed, and a test that believes it did would show nothing."""
        raise AssertionError("a test that kills the intake takes DemoIntake")

    def stop(self) -> None:
        """Ask it to stop and wait; harmless when repeated, and while it is starting."""
        thread, self._thread = self._thread, None
        if thread is None or self._stopping is None:
            return
        self._stopping.set()
        thread.join()
