"""Asking a camera for its stream: one HTTP/1.0 request on a socket with deadlines, the answer's head parsed within bounds.

HTTP/1.0 on purpose: no chunked coding, no keep-alive, nothing between the answer's head and the pictures. No redirects: a camera
stands where the settings say. A password comes from a file, never from the address.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from devices.errors import DeviceBusyError, DeviceFormatError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError

MAX_HEAD_BYTES: Final = 16_384
READ_BYTES: Final = 65_536
_SLICE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Head:
    """Status and the header fields that matter; names in lower case, the first of doubled ones."""

    status: int
    fields: dict[str, str]


def parse_head(data: bytes) -> Head:
    """Parse the head of an HTTP answer (without its final blank line).

    Raises:
        DeviceFormatError: no HTTP status line, or above `MAX_HEAD_BYTES`.
    """
    if len(data) > MAX_HEAD_BYTES:
        raise DeviceFormatError("The camera's answer has no end of its head; nothing was shown.", code="mjpeg-head")
    lines = data.decode("latin-1").replace("\r\n", "\n").split("\n")
    words = lines[0].split(" ", 2)
    if not (words[0].startswith("HTTP/") and len(words) > 1 and len(words[1]) == 3 and words[1].isascii() and words[1].isdigit()):
        raise DeviceFormatError(
            "What answers there is no camera's web server; nothing was shown. Check the address.", code="mjpeg-head"
        )
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return Head(int(words[1]), fields)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stream is: host, port, path, TLS or not."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def name(self) -> str:
        """A stable name without query and credentials."""
        return f"{self.host}:{self.port}{self.path.partition('?')[0]}"


def parse_address(url: str) -> Address:
    """Read the address of a stream.

    Raises:
        DeviceNotFoundError: no http(s) address, or one with a password in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(ord(c) <= 32 or ord(c) > 126 for c in url):
        raise DeviceNotFoundError(
            "The camera's address is not an http address; nothing was asked. Correct the setting.", code="mjpeg-address"
        )
    if parts.username or parts.password:
        raise DeviceNotFoundError("The camera's address holds a password; nothing was asked. Put it into a file and name that file "
                                  "(user=… password_file=…).", code="mjpeg-address")  # fmt: skip
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.hostname, port or (443 if parts.scheme == "https" else 80), path, parts.scheme == "https")


class Connection:
    """An open stream: its content type, server name and the bytes after the head."""

    def __init__(self, sock: socket.socket, head: Head, rest: bytes) -> None:
        self._sock = sock
        self.head = head
        self._rest = rest

    def read(self, deadline_s: float) -> bytes:
        """Return some bytes, ``b""`` when none came within `deadline_s`.

        Raises:
            DeviceUnpluggedError: the camera closed the connection, or `close` was called.
        """
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        try:
            self._sock.settimeout(max(0.001, min(deadline_s, _SLICE_S)))
            data = self._sock.recv(READ_BYTES)
        except TimeoutError:
            return b""
        except (OSError, ValueError) as error:
            raise _gone() from error
        if not data:
            raise _gone()
        return data

    def close(self) -> None:
        """End the connection; a `read` that waits in another thread ends with `DeviceUnpluggedError`."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


def _gone() -> DeviceUnpluggedError:
    return DeviceUnpluggedError("The camera's stream broke off; what was saved is safe. Check its cable and power; it is asked again.",
                                code="camera-gone")  # fmt: skip


def connect(address: Address, deadline_s: float, user: str = "", password: str = "") -> Connection:
    """Ask for the stream and return it when the answer's head is there.

    Raises:
        DeviceNotFoundError: nobody answers there, or not this path; DeviceBusyError: the camera serves someone else;
        DeviceTimeoutError: silent past the deadline; DeviceFormatError: what answers is no camera.
    """
    end = time.monotonic() + deadline_s
    try:
        sock = socket.create_connection((address.host, address.port), timeout=deadline_s)
    except TimeoutError as error:
        raise _silent(deadline_s) from error
    except OSError as error:
        raise DeviceNotFoundError("No camera answers at the address of the settings; nothing was shown. Check its power, cable and address.",
                                  code="camera-absent") from error  # fmt: skip
    try:
        if address.tls:
            sock.settimeout(max(0.05, end - time.monotonic()))
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=address.host)
        sock.sendall(_request(address, user, password))
        head, rest = _read_head(sock, end, deadline_s)
        _check_status(head)
    except ssl.SSLCertVerificationError as error:
        sock.close()
        raise DeviceNotFoundError("The camera's certificate is not trusted; nothing was shown. Load it, or correct the address.",
                                  code="camera-certificate") from error  # fmt: skip
    except TimeoutError as error:
        sock.close()
        raise _silent(deadline_s) from error
    except OSError as error:
        sock.close()
        raise _gone() from error
    except BaseException:
        sock.close()
        raise
    return Connection(sock, head, rest)


def _silent(deadline_s: float) -> DeviceTimeoutError:
    return DeviceTimeoutError(f"The camera did not answer within {deadline_s:g} s; nothing was shown. Check its power and cable.",
                              code="camera-silent")  # fmt: skip


def _request(address: Address, user: str, password: str) -> bytes:
    lines = [
        f"GET {address.path} HTTP/1.0",
        f"Host: {address.host}",
        "Accept: multipart/x-mixed-replace, image/jpeg",
        "Connection: close",
    ]
    if user:
        lines.append("Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


def _read_head(sock: socket.socket, end: float, deadline_s: float) -> tuple[Head, bytes]:
    data = bytearray()
    while True:
        at, mark = min(((data.find(m), len(m)) for m in (b"\r\n\r\n", b"\n\n") if m in data), default=(-1, 0))
        if at >= 0 or len(data) > MAX_HEAD_BYTES:
            return parse_head(bytes(data[: at if at >= 0 else len(data)])), bytes(data[at + mark :])
        left = end - time.monotonic()
        if left <= 0:
            raise _silent(deadline_s)
        sock.settimeout(left)
        got = sock.recv(READ_BYTES)
        if not got:
            raise _gone()
        data += got


def _check_status(head: Head) -> None:
    if head.status == 200:
        if "chunked" in head.fields.get("transfer-encoding", "").lower():
            raise DeviceFormatError("The camera answers HTTP/1.0 with chunked coding; nothing was shown. Ask it directly, without a proxy.",
                                    code="mjpeg-chunked")  # fmt: skip
        return
    if head.status in {401, 403}:
        raise DeviceNotFoundError("The camera refuses the name or password; nothing was shown. Correct user and password_file.",
                                  code="camera-refused")  # fmt: skip
    if head.status in {429, 503}:
        raise DeviceBusyError(
            "The camera serves as many viewers as it can; nothing was shown. Close another one.", code="camera-busy"
        )
    raise DeviceNotFoundError(f"The camera has no stream at this address (answer {head.status}); nothing was shown. Correct the address.",
                              code="camera-absent", status=head.status)  # fmt: skip
