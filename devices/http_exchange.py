"""HTTP with local device services (SBI, WS-BD): one deadline over the whole exchange, every size bounded, ended from any thread.

`http.client` parses; the socket under it is ours, because its timeout is per read and a service that sends one byte a second would
otherwise never be late. Plain HTTP goes to the loopback address only: what leaves the machine needs TLS.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from devices.errors import (
    DeviceCancelledError,
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
)

CONNECT_S: Final = 2.0
CHUNK: Final = 65_536
MOST_URL: Final = 512


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: status code, content type as it came (at most 1000 characters), whole body."""

    status: int
    content_type: str
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()


class _TimedReader(io.RawIOBase):
    """Reads a socket; every read waits only for what is left until the deadline."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def renew(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _TimedSocket:
    """What `http.client` needs of a socket; it never closes the real one, its owner does."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))

    def close(self) -> None:
        pass


class HttpService:
    """One service at one address. Calls are made by one thread at a time; `abort()` may come from any other."""

    def __init__(self, host: str, port: int, *, device_id: str = "", tls: ssl.SSLContext | None = None) -> None:
        if tls is None and not _is_loopback(host):
            raise DeviceError("A device service on another machine needs TLS; nothing was sent. Configure its certificate.",
                              device_id=device_id, code="device-remote-plain")  # fmt: skip
        self.host, self.port = host, port
        self._device_id = device_id
        self._tls = tls
        self._lock = threading.Lock()
        self._running: socket.socket | None = None

    def call(self, method: str, path: str, body: bytes | None = None, *, deadline_s: float, limit: int, stop: threading.Event | None = None,
             headers: dict[str, str] | None = None) -> Reply:  # fmt: skip
        """Send one request and read its whole answer.

        Args:
            method, path: as they go on the wire (SBI uses verbs of its own).
            body: of the request.
            deadline_s: for everything: connecting, sending, the last byte of the answer.
            limit: largest body read, bytes.
            stop: set by `cancel()` of the device; checked so that an `abort()` before the connection stands is not lost.
            headers: besides Host, Content-Length and Connection.

        Raises:
            DeviceNotFoundError: nobody listens. DeviceTimeoutError: not done in time. DeviceUnpluggedError: the service went away.
            DeviceProtocolError: no HTTP, an answer cut short, or larger than `limit`. DeviceCancelledError: `stop` is set.
        """
        with self._exchange(method, path, body, deadline_s, stop, headers or {}) as (response, _):
            return Reply(response.status, _content_type(response), _body(response, limit))

    @contextlib.contextmanager
    def stream(self, method: str, path: str, body: bytes | None = None, *, deadline_s: float, silence_s: float,
               stop: threading.Event | None = None, headers: dict[str, str] | None = None) -> Iterator[tuple[Reply, Iterator[bytes]]]:  # fmt: skip
        """Send one request and give its endless answer as chunks of bytes; `silence_s` is the longest wait for the next chunk.

        Yields (head with an empty body, chunks); errors as in `call`, also while iterating inside the `with`.
        """
        with self._exchange(method, path, body, deadline_s, stop, headers or {}) as (response, deadline):
            yield Reply(response.status, _content_type(response), b""), _chunks(response, deadline, silence_s)

    def abort(self) -> None:
        """Break the running exchange, if any."""
        with self._lock:
            if self._running is not None:
                with contextlib.suppress(OSError):
                    self._running.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _exchange(self, method: str, path: str, body: bytes | None, deadline_s: float, stop: threading.Event | None,
                  headers: dict[str, str]) -> Iterator[tuple[http.client.HTTPResponse, _Deadline]]:  # fmt: skip
        deadline = _Deadline(deadline_s)
        sock: socket.socket | None = None
        response: http.client.HTTPResponse | None = None
        try:
            sock = self._connect(deadline)
            with self._lock:
                self._running = sock
            if stop is not None and stop.is_set():
                raise DeviceCancelledError("The request was cancelled; nothing was taken.", device_id=self._device_id)
            connection = http.client.HTTPConnection(self.host, self.port)
            connection.sock = _TimedSocket(sock, deadline)
            connection.request(method, path[:MOST_URL], body, {"Connection": "close", **headers})
            response = connection.getresponse()
            yield response, deadline
        except DeviceError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            if stop is not None and stop.is_set():
                raise DeviceCancelledError("The request was cancelled; nothing was taken.", device_id=self._device_id) from error
            raise self._translated(error, connected=sock is not None) from error
        finally:
            with self._lock:
                self._running = None
            if response is not None:
                response.close()
            if sock is not None:
                sock.close()

    def _connect(self, deadline: _Deadline) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), min(CONNECT_S, deadline.left()))
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock if self._tls is None else self._tls.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise

    def _translated(self, error: Exception, *, connected: bool) -> DeviceError:
        """Turn a library's error into ours."""
        where = self._device_id
        if not connected:
            if isinstance(error, ssl.SSLError):
                return DeviceProtocolError("The service's TLS certificate is not accepted; nothing was sent. Check the address and "
                                           "the trusted certificate.", device_id=where, code="device-tls")  # fmt: skip
            if isinstance(error, TimeoutError):
                return DeviceTimeoutError(
                    "The service does not take the connection; nothing was captured. Restart it.", device_id=where
                )
            return DeviceNotFoundError(
                f"No service listens on port {self.port}; nothing was captured. Start it.", device_id=where
            )
        if isinstance(error, TimeoutError):
            return DeviceTimeoutError("The service did not answer in time; nothing was captured. Try again.", device_id=where)
        # RemoteDisconnected is both a ConnectionError and a BadStatusLine.
        if isinstance(error, ConnectionError):
            return DeviceUnpluggedError(
                "The device's service went away; what was saved is safe. Start it again.", device_id=where
            )
        if isinstance(error, http.client.IncompleteRead):
            return _cut_short(where)
        return DeviceProtocolError("The service's answer is no HTTP; nothing was captured. Update its software.", device_id=where)


def _cut_short(device_id: str = "") -> DeviceProtocolError:
    return DeviceProtocolError(
        "The answer is cut short; nothing of it was used. Try again.", device_id=device_id, code="device-answer-short"
    )


def _body(response: http.client.HTTPResponse, limit: int) -> bytes:
    announced = response.length
    if announced is not None and announced > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    while part := response.read1(CHUNK):
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    if announced is not None and size < announced:
        raise _cut_short()
    return b"".join(parts)


def _chunks(response: http.client.HTTPResponse, deadline: _Deadline, silence_s: float) -> Iterator[bytes]:
    while True:
        deadline.renew(silence_s)
        part = response.read1(CHUNK)
        if not part:
            return
        yield part


def _too_large(limit: int) -> DeviceFormatError:
    return DeviceFormatError(
        f"The answer is larger than {limit} bytes; it was not read. Update the device's software.", code="device-answer-large"
    )


def _content_type(response: http.client.HTTPResponse) -> str:
    return (response.getheader("Content-Type") or "")[:1000]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
