"""One session with one WS-BD service: the operations, and the recoveries the specification allows, bounded and without theft.

Every operation's possible statuses are known, so that a lost registration, lock or configuration is made again and the operation
repeated (NIST's `wsbd_operation_state`). A lock that another holds is never stolen: that is for people to sort out.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from devices.errors import (
    DeviceBusyError,
    DeviceCancelledError,
    DeviceError,
    DeviceProtocolError,
    DeviceTimeoutError,
    UnsupportedCommandError,
)
from devices.http_exchange import HttpService
from devices.wsbd.messages import Result, Status, configuration, read_result

SHORT_S: Final = 5.0
MOST_REPAIRS: Final = 8
WAIT_S: Final = 0.1
_MOST_ANSWER: Final = 48_000_000
_XML: Final = {"Content-Type": "application/xml"}


class WsbdSession:
    """A registered client of the service behind `service` at `path`. One thread calls; `abort()` may come from any other."""

    def __init__(self, service: HttpService, path: str = "", *, device_id: str = "", margin_s: float = SHORT_S) -> None:
        self._service = service
        self._path = path.rstrip("/")
        self._device_id = device_id
        self._margin_s = margin_s
        self._session = ""
        self._configuration: dict[str, str | int] = {}

    def information(self, deadline_s: float = SHORT_S) -> Result:
        """Ask what the service is and which parameters it has (needs no session).

        Raises:
            DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError, DeviceProtocolError, DeviceFormatError.
        """
        return self._settled(self._exchange("GET", "/info", deadline_s=deadline_s))

    def begin(self, deadline_s: float, stop: threading.Event | None = None) -> None:
        """Register, lock and initialize.

        Raises:
            DeviceBusyError: ``wsbd-locked``, another client holds the sensor. Others as `information`.
        """
        end = time.monotonic() + deadline_s
        self._repeated(lambda left: self._exchange("POST", f"/initialize/{self._session}", deadline_s=left, stop=stop), end, stop)

    def configure(
        self, values: Mapping[str, str | int], deadline_s: float = SHORT_S, stop: threading.Event | None = None
    ) -> None:
        """Set parameters; they are set again when the service forgot them.

        Raises:
            UnsupportedCommandError: a parameter or value that this sensor does not have. Others as `begin`.
        """
        self._configuration = dict(values)
        self._repeated(lambda left: self._configure(left, stop), time.monotonic() + deadline_s, stop)

    def capture(self, deadline_s: float, stop: threading.Event | None = None) -> tuple[str, ...]:
        """Start the sensor and wait until it has captured; return the captures' ids.

        Raises:
            DeviceTimeoutError, DeviceCancelledError, DeviceBusyError, DeviceProtocolError (``wsbd-sensor``). Others as `begin`.
        """
        end = time.monotonic() + deadline_s + self._margin_s
        try:
            result = self._repeated(
                lambda left: self._exchange("POST", f"/capture/{self._session}", deadline_s=left, stop=stop), end, stop
            )
        except (DeviceCancelledError, DeviceTimeoutError):
            # The sensor may still be at work: it is told to stop, so that the next capture finds it free.
            with contextlib.suppress(DeviceError):
                self._exchange("POST", f"/cancel/{self._session}", deadline_s=2.0)
            raise
        if not result.capture_ids:
            raise DeviceProtocolError(
                "The sensor says it captured, but names no capture.", device_id=self._device_id, code="wsbd-format"
            )
        return result.capture_ids

    def download(self, capture_id: str, deadline_s: float, stop: threading.Event | None = None) -> Result:
        """Fetch one capture with its metadata; waits while the service prepares it.

        Raises: as `capture`.
        """
        end = time.monotonic() + deadline_s
        return self._repeated(
            lambda left: self._exchange("GET", f"/download/{capture_id}", deadline_s=left, stop=stop), end, stop
        )

    def end(self) -> None:
        """Unlock and unregister; errors are of no interest any more."""
        session, self._session = self._session, ""
        if session:
            for method, operation in (("DELETE", "lock"), ("DELETE", "register")):
                with contextlib.suppress(DeviceError):
                    self._exchange(method, f"/{operation}/{session}", deadline_s=2.0)

    def abort(self) -> None:
        """Break the running exchange."""
        self._service.abort()

    def _exchange(
        self, method: str, path: str, body: bytes | None = None, *, deadline_s: float, stop: threading.Event | None = None
    ) -> Result:
        reply = self._service.call(method, self._path + path, body if body is not None else (b"" if method == "POST" else None),
                                   deadline_s=deadline_s, limit=_MOST_ANSWER, stop=stop, headers=_XML)  # fmt: skip
        if reply.status != 200:
            raise DeviceProtocolError(f"The sensor's service answered with status {reply.status}; nothing was captured.",
                                      device_id=self._device_id, code="wsbd-failure")  # fmt: skip
        return read_result(reply.body)

    def _configure(self, left: float, stop: threading.Event | None) -> Result:
        return self._exchange(
            "POST", f"/configure/{self._session}", configuration(self._configuration), deadline_s=left, stop=stop
        )

    def _repeated(self, operation: Callable[[float], Result], end: float, stop: threading.Event | None) -> Result:
        """Run an operation; where its status says what is missing, make that and run it again, `MOST_REPAIRS` times at most."""
        repairs = 0
        if not self._session:
            self._register(end, stop)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise DeviceTimeoutError(
                    "The sensor is not done in time; nothing was captured. Try again.", device_id=self._device_id
                )
            result = operation(left)
            if result.status is Status.PREPARING_DOWNLOAD or (result.status is Status.SENSOR_BUSY and left > WAIT_S):
                if stop is not None and stop.wait(WAIT_S):
                    raise DeviceCancelledError("The capture was cancelled; nothing was taken.", device_id=self._device_id)
                continue
            repairs += 1
            if repairs > MOST_REPAIRS or not self._repaired(result.status, end, stop):
                return self._settled(result)

    def _repaired(self, status: Status, end: float, stop: threading.Event | None) -> bool:
        left = max(0.05, end - time.monotonic())
        if status is Status.INVALID_ID:
            self._register(end, stop)
        elif status is Status.LOCK_NOT_HELD:
            self._settled(self._exchange("POST", f"/lock/{self._session}", deadline_s=left, stop=stop))
        elif status is Status.INITIALIZATION_NEEDED:
            self._settled(self._exchange("POST", f"/initialize/{self._session}", deadline_s=left, stop=stop))
        elif status is Status.CONFIGURATION_NEEDED and self._configuration:
            self._settled(self._configure(left, stop))
        else:
            return False
        return True

    def _register(self, end: float, stop: threading.Event | None) -> None:
        left = max(0.05, end - time.monotonic())
        result = self._settled(self._exchange("POST", "/register", deadline_s=left, stop=stop))
        if not result.session_id:
            raise DeviceProtocolError("The sensor's service gave no session.", device_id=self._device_id, code="wsbd-format")
        self._session = result.session_id
        self._settled(self._exchange("POST", f"/lock/{self._session}", deadline_s=left, stop=stop))

    def _settled(self, result: Result) -> Result:
        """Return a success; raise what any other status means."""
        status = result.status
        if status is Status.SUCCESS:
            return result
        if status is Status.LOCK_HELD_BY_ANOTHER:
            raise DeviceBusyError("Another program holds the sensor; nothing was captured. End it there first.", code="wsbd-locked",
                                  device_id=self._device_id)  # fmt: skip
        if status is Status.SENSOR_BUSY:
            raise DeviceBusyError("The sensor is busy; nothing was captured. Wait and try again.", device_id=self._device_id)
        if status is Status.SENSOR_TIMEOUT:
            raise DeviceTimeoutError("The sensor saw nothing in time; nothing was captured. Place the fingers and try again.",
                                     code="device-saw-nothing", device_id=self._device_id)  # fmt: skip
        if status is Status.CANCELED:
            raise DeviceCancelledError("The capture was cancelled at the sensor; nothing was taken.", device_id=self._device_id)
        if status in (Status.UNSUPPORTED, Status.BAD_VALUE, Status.NO_SUCH_PARAMETER):
            raise UnsupportedCommandError("The sensor cannot do what was asked; nothing was captured.", code="wsbd-unsupported",
                                          device_id=self._device_id, status=status.value)  # fmt: skip
        code = "wsbd-sensor" if status in (Status.SENSOR_FAILURE, Status.CANCELED_WITH_SENSOR_FAILURE) else "wsbd-failure"
        raise DeviceProtocolError("The sensor or its service reports a fault; nothing was captured. Try again.", code=code,
                                  device_id=self._device_id, status=status.value)  # fmt: skip
