"""The four verbs of one SBI service, and the scan for services on this machine."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Final

from devices.errors import DeviceError, DeviceProtocolError, UnsupportedCommandError
from devices.http_exchange import HttpService, Reply
from devices.mjpeg.multipart import MultipartParser, boundary_of
from devices.sbi.asking import Asked
from devices.sbi.messages import Device, ServiceError, read_discovery, read_information

HOST: Final = "127.0.0.1"
FIRST_PORT, LAST_PORT = 4501, 4600
MOST_PORTS: Final = 200
PROBE_S: Final = 0.05
DISCOVERY_S: Final = 5.0
ANSWER_MARGIN_S: Final = 5.0
SILENCE_S: Final = 5.0
_MOST_SHORT: Final = 2_000_000
_MOST_CAPTURE: Final = 60_000_000
_JSON: Final = {"Content-Type": "application/json"}
_UNKNOWN_VERB: Final = frozenset({400, 404, 405, 501})


class SbiService:
    """One service on one loopback port. One thread calls; `abort()` may come from any other."""

    def __init__(
        self, port: int, *, device_id: str = "", silence_s: float = SILENCE_S, margin_s: float = ANSWER_MARGIN_S
    ) -> None:
        self.port = port
        self._device_id = device_id
        self._silence_s = silence_s
        self._margin_s = margin_s
        self._short = HttpService(HOST, port, device_id=device_id)
        self._capture = HttpService(HOST, port, device_id=device_id)
        self._stream = HttpService(HOST, port, device_id=device_id)

    def discover(self, kind: str = "Biometric Device", deadline_s: float = DISCOVERY_S) -> tuple[Device, ...]:
        """Ask which devices the service has (unsigned: only to know what to ask next).

        Raises:
            DeviceNotFoundError, DeviceTimeoutError, DeviceProtocolError, DeviceFormatError.
        """
        body = json.dumps({"type": kind}).encode("ascii")
        return read_discovery(self._either("MOSIPDISC", "SBIDISC", "/device", body, deadline_s))

    def information(self, deadline_s: float = DISCOVERY_S) -> tuple[tuple[bytes, ServiceError | None], ...]:
        """Ask for the signed information of every device; the tokens are not verified here.

        Raises: as `discover`.
        """
        return read_information(self._either("MOSIPDINFO", "SBIDINFO", "/info", b"", deadline_s))

    def capture(self, asked: Asked, stop: threading.Event | None = None) -> bytes:
        """Ask for a capture and return the answer's bytes, unverified; blocks until the device is done or `asked.timeout_s` is over.

        Raises: as `discover`, and DeviceUnpluggedError, DeviceCancelledError.
        """
        reply = self._capture.call("RCAPTURE", "/capture", asked.to_json(), deadline_s=asked.timeout_s + self._margin_s,
                                   limit=_MOST_CAPTURE, stop=stop, headers=_JSON)  # fmt: skip
        return self._body(reply)

    def pictures(self, device_id: str, sub_id: str, serial: str, stop: threading.Event | None = None,
                 timeout_s: float = 300.0) -> Iterator[bytes]:  # fmt: skip
        """Yield the JPEG pictures of the live stream until it ends.

        Raises: as `capture`, and DeviceFormatError for a stream that is none.
        """
        body = {"deviceId": device_id, "deviceSubId": sub_id, "serialNo": serial, "timeout": str(round(timeout_s * 1000))}
        with self._stream.stream("STREAM", "/stream", json.dumps(body).encode("utf-8"), deadline_s=self._silence_s,
                                 silence_s=self._silence_s, stop=stop, headers=_JSON) as (head, chunks):  # fmt: skip
            if head.status != 200:
                raise self._refused(head)
            parser = MultipartParser(boundary_of(head.content_type))
            for chunk in chunks:
                for part in parser.feed(chunk):
                    yield part.jpeg
                if parser.ended:
                    return

    def abort(self) -> None:
        """Break the running capture and stream."""
        self._capture.abort()
        self._stream.abort()

    def _either(self, verb: str, other: str, path: str, body: bytes, deadline_s: float) -> bytes:
        """Ask with 0.9.5's verb; a service that does not know it gets the other."""
        reply = self._short.call(verb, path, body, deadline_s=deadline_s, limit=_MOST_SHORT, headers=_JSON)
        if reply.status in _UNKNOWN_VERB:
            reply = self._short.call(other, path, body, deadline_s=deadline_s, limit=_MOST_SHORT, headers=_JSON)
        return self._body(reply)

    def _body(self, reply: Reply) -> bytes:
        if reply.status != 200:
            raise self._refused(reply)
        return reply.body

    def _refused(self, reply: Reply) -> DeviceError:
        if reply.status in _UNKNOWN_VERB:
            return UnsupportedCommandError(
                "The device's service does not know this request; nothing was captured.", device_id=self._device_id
            )
        return DeviceProtocolError(f"The device's service answered with status {reply.status}; nothing was captured.",
                                   device_id=self._device_id, code="sbi-device-fault")  # fmt: skip


def parse_ports(text: str) -> tuple[int, ...]:
    """Read ``4501-4600`` or ``4501,4503`` (at most 200 ports).

    Raises:
        ValueError: no port numbers, or too many.
    """
    ports: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin, end = int(first), int(last or first)
        if not 1 <= begin <= end <= 65_535 or end - begin >= MOST_PORTS:
            raise ValueError("ports run from 1 to 65535, at most 200 of them")
        ports += range(begin, end + 1)
    if len(ports) > MOST_PORTS:
        raise ValueError("at most 200 ports are scanned")
    return tuple(dict.fromkeys(ports))


def open_ports(ports: Sequence[int] = tuple(range(FIRST_PORT, LAST_PORT + 1)), probe_s: float = PROBE_S) -> tuple[int, ...]:
    """Return the loopback ports on which something listens. A closed one answers at once, so 100 ports take a few milliseconds."""
    found = []
    for port in ports[:MOST_PORTS]:
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as sock:
            sock.settimeout(probe_s)
            if sock.connect_ex((HOST, port)) == 0:
                found.append(port)
    return tuple(found)
