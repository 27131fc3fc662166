"""A bridge's child process: started, listened to, watched, killed. One object is one child; a killed one is not revived.

Two threads listen (answers, and the child's error output, of which the last lines are kept); callers wait for their own answer.
The watchdog is in the waiting: a child that says nothing for three beats, or has no answer when the operation's time is over,
is killed with everything it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from devices.bridge.framing import FrameReader, Message, encode
from devices.bridge.messages import PROTOCOL, BridgedDevice, read_devices, read_error, read_hello
from devices.errors import (
    DeviceCancelledError,
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
)
from devices.worker import LatestSlot

START_S: Final = 10.0
CANCEL_S: Final = 2.0
BEATS_MISSED: Final = 3
ERROR_TEXT: Final = 4_096
_CHUNK: Final = 262_144
_POLL_S: Final = 0.05
_KEPT_ENVIRONMENT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "SYSTEMROOT")


class BridgeProcess:
    """One running child."""

    def __init__(self, command: Sequence[str], device_id: str = "") -> None:
        """Start the child (the protocol begins with `hello`).

        Raises:
            DeviceNotFoundError: ``bridge-missing``, the program cannot be started.
        """
        self._device_id = device_id
        environment = {k: v for k, v in os.environ.items() if k in _KEPT_ENVIRONMENT}
        try:
            self._child = subprocess.Popen(list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           bufsize=0, env=environment, start_new_session=True)  # fmt: skip
        except (OSError, ValueError) as error:
            raise DeviceNotFoundError("The scanner's bridge cannot be started; nothing was captured. Check its command.",
                                      device_id=device_id, code="bridge-missing") from error  # fmt: skip
        assert self._child.stdin is not None
        os.set_blocking(self._child.stdin.fileno(), False)
        self._condition = threading.Condition()
        self._writing = threading.Lock()
        self._answers: dict[int, Message] = {}
        self._waiting: set[int] = set()
        self._fault: DeviceError | None = None
        self._heard = time.monotonic()
        self._beat_s = START_S / BEATS_MISSED
        self._next_id = 0
        self._preview_id = -1
        self.frames: LatestSlot[Message] = LatestSlot()
        self._error_text = bytearray()
        self._threads = [
            threading.Thread(target=self._listen, name=f"bridge-{device_id}", daemon=True),
            threading.Thread(target=self._drain_errors, name=f"bridge-errors-{device_id}", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def hello(self) -> None:
        """Agree on the protocol.

        Raises:
            UnsupportedCommandError, DeviceTimeoutError, DeviceUnpluggedError, DeviceFormatError.
        """
        self._beat_s = read_hello(self.call("hello", START_S, protocol=PROTOCOL).header)

    def devices(self, deadline_s: float = START_S) -> tuple[BridgedDevice, ...]:
        """Ask which scanners the bridge sees."""
        return read_devices(self.call("list", deadline_s).header)

    def call(self, operation: str, deadline_s: float, stop: threading.Event | None = None, **arguments: Any) -> Message:
        """Send one operation and wait for its answer.

        When `stop` is set meanwhile, the bridge is told to cancel; it has two seconds to end the operation.

        Raises:
            DeviceError: what the bridge reports; DeviceTimeoutError ``bridge-hung`` (the child was killed), DeviceUnpluggedError
            ``bridge-died``, DeviceFormatError ``bridge-format`` (the child was killed), DeviceCancelledError.
        """
        end = time.monotonic() + deadline_s
        identifier = self.send(operation, answered=True, **arguments)
        cancelled = False
        try:
            with self._condition:
                while (answer := self._answers.pop(identifier, None)) is None:
                    self._check_alive()
                    now = time.monotonic()
                    if stop is not None and stop.is_set() and not cancelled:
                        cancelled, end = True, min(end, now + CANCEL_S)
                        self.send("cancel")
                    if now >= end or now - self._heard > BEATS_MISSED * self._beat_s:
                        self._kill_locked()
                        if cancelled:
                            raise self._cancelled()
                        raise DeviceTimeoutError("The scanner's bridge hangs; it was stopped, what was saved is safe. Open the scanner again.",
                                                 device_id=self._device_id, code="bridge-hung")  # fmt: skip
                    self._condition.wait(_POLL_S)
        finally:
            with self._condition:
                self._waiting.discard(identifier)
        if cancelled:
            raise self._cancelled()
        if answer.header.get("ok") is not True:
            error = read_error(answer.header)
            error.device_id = self._device_id
            raise error
        return answer

    def send(self, operation: str, *, answered: bool = False, **arguments: Any) -> int:
        """Send one operation; without `answered` its answer is thrown away.

        Raises:
            DeviceUnpluggedError: the child is gone. DeviceTimeoutError: it does not listen (it was killed).
        """
        with self._condition:
            self._next_id += 1
            identifier = self._next_id
            if answered:
                self._waiting.add(identifier)
                if operation == "start_preview":
                    self._preview_id = identifier
        data = encode({"op": operation, "id": identifier, **arguments})
        try:
            with self._writing:
                assert self._child.stdin is not None
                sent = self._child.stdin.write(data)
        except (OSError, ValueError) as error:
            self._check_alive()
            raise self._died() from error
        if sent != len(data):  # also None: the pipe is full because the child reads nothing
            self.kill()
            raise DeviceTimeoutError("The scanner's bridge does not listen; it was stopped. Open the scanner again.",
                                     device_id=self._device_id, code="bridge-hung")  # fmt: skip
        return identifier

    def next_frame(self, version: int, silence_s: float) -> tuple[int, Message | None]:
        """Return (version, newest live picture), None when `silence_s` passed without one.

        Raises:
            DeviceUnpluggedError, DeviceFormatError: the child died or spoke nonsense meanwhile.
        """
        version, message = self.frames.newer_than(version, silence_s)
        if message is None:
            self._check_alive()
        return version, message

    def end_preview(self) -> None:
        """Pictures of the preview that was running are thrown away from now on."""
        with self._condition:
            self._preview_id = -1

    @property
    def alive(self) -> bool:
        """Whether the child runs and was understood so far."""
        return self._fault is None  # the end of its output sets it

    @property
    def error_text(self) -> str:
        """The last lines the child wrote to its error output (for a technician; may hold anything)."""
        return bytes(self._error_text).decode("utf-8", "replace")

    def stop(self, deadline_s: float = CANCEL_S) -> None:
        """Ask the child to end, kill it when it does not; may be called twice."""
        with contextlib.suppress(OSError, ValueError), self._writing:
            assert self._child.stdin is not None
            self._child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(deadline_s)
        self.kill()

    def kill(self) -> None:
        """Kill the child and everything in its process group, close the pipes, end the threads."""
        with self._condition:
            self._kill_locked()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(CANCEL_S)
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with contextlib.suppress(OSError, ValueError):
                assert pipe is not None
                pipe.close()

    def _kill_locked(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._child.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(CANCEL_S)
        self._fault = self._fault or self._died()

    def _died(self) -> DeviceError:
        return DeviceUnpluggedError("The scanner's bridge ended; what was saved is safe. Open the scanner again.",
                                    device_id=self._device_id, code="bridge-died")  # fmt: skip

    def _cancelled(self) -> DeviceError:
        return DeviceCancelledError("The capture was cancelled; nothing was taken.", device_id=self._device_id)

    def _check_alive(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _listen(self) -> None:
        assert self._child.stdout is not None
        reader = FrameReader()
        descriptor = self._child.stdout.fileno()
        fault: DeviceError = self._died()
        try:
            while data := os.read(descriptor, _CHUNK):
                messages = reader.feed(data)
                with self._condition:
                    self._heard = time.monotonic()
                    for message in messages:
                        self._take(message)
                    self._condition.notify_all()
        except DeviceFormatError as error:
            error.device_id = self._device_id
            fault = error
        except OSError:
            pass
        with self._condition:
            self._fault = self._fault or fault
            self._kill_locked()
            self._condition.notify_all()
        self.frames.close()

    def _take(self, message: Message) -> None:
        """Keep an answer somebody waits for, put a live picture into the slot, forget everything else (beats, late answers)."""
        identifier = message.header.get("id")
        if isinstance(identifier, bool) or not isinstance(identifier, int):
            return
        if "frame" in message.header:
            if identifier == self._preview_id:
                self.frames.put(message)
        elif identifier in self._waiting:
            self._answers[identifier] = message

    def _drain_errors(self) -> None:
        assert self._child.stderr is not None
        with contextlib.suppress(OSError):
            while data := os.read(self._child.stderr.fileno(), _CHUNK):
                self._error_text += data
                del self._error_text[:-ERROR_TEXT]
