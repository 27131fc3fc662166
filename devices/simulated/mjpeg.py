"""A simulated IP camera on loopback: HTTP with ``multipart/x-mixed-replace``, and every fault such cameras have.

Knows nothing of `devices.mjpeg`. The picture is a drifting pattern with the frame's number in its bars, so that a viewer can tell
which one it got.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import ClassVar, Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.errors import ProfileError

BOUNDARY: Final = "frame-7f3a"
PICTURES: Final = 8
_PROFILE: Final = re.compile(r"(\d{2,4})x(\d{2,4})(?:@(\d{1,3}))?")
_DEFAULT: Final = "640x480@30"


def draw(width: int, height: int, number: int) -> npt.NDArray[np.uint8]:
    """Return the picture of one frame (BGR): a soft gradient that drifts, eight bars at the top that spell `number` in bits."""
    x = np.linspace(0, 255, width, dtype=np.float32)
    row = (x + number * 9) % 256
    image = np.repeat(row[None, :], height, 0).astype(np.uint8)
    colour = np.dstack([image, image[:, ::-1], np.full_like(image, 90)])
    bar = max(1, width // 8)
    for bit in range(8):
        colour[: height // 8, bit * bar : (bit + 1) * bar] = 255 if number >> bit & 1 else 0
    return np.ascontiguousarray(colour)


class MjpegSimulator:
    """`profile` is ``WIDTHxHEIGHT@RATE``. Faults hold for every connection until `heal()`."""

    FAULTS: ClassVar[tuple[str, ...]] = (
        "dropped-byte", "stray-ready", "split-read", "silence", "short-last-packet", "lying-length", "unplug", "endless-data",
        "no-length", "line-feeds", "wrong-type", "refused", "busy", "slow-drip", "every-second-damaged", "endless-header",
    )  # fmt: skip

    def __init__(self, profile: str | None = None, faults: Sequence[str] = (), port: int = 0) -> None:
        found = _PROFILE.fullmatch(profile or _DEFAULT)
        if found is None:
            raise ProfileError(
                f"'{profile}' is no picture size such as 640x480@30; nothing was started.", code="simulator-profile"
            )
        width, height, self._rate = int(found[1]), int(found[2]), float(found[3] or 30)
        self._faults = frozenset(faults)
        self._port = port
        self._pictures = [self._encode(draw(width, height, n)) for n in range(PICTURES)]
        self._server: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.sent = 0
        """Pictures sent over all connections."""

    @staticmethod
    def _encode(image: npt.NDArray[np.uint8]) -> bytes:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
        assert done
        encoded: bytes = data.tobytes()
        return encoded

    def start(self) -> str:
        """See `WireSimulator.start`."""
        self._stopped.clear()
        server = socket.create_server(("127.0.0.1", self._port))
        server.settimeout(0.1)
        self._server, self._port = server, server.getsockname()[1]
        thread = threading.Thread(target=self._accept, args=(server,), name="sim-mjpeg", daemon=True)
        self._threads = [thread]
        thread.start()
        return f"http://127.0.0.1:{self._port}/stream"

    def stop(self) -> None:
        """See `WireSimulator.stop`."""
        self._stopped.set()
        self.unplug()
        for thread in self._threads:
            thread.join()
        self._threads = []
        if self._server is not None:
            self._server.close()
            self._server = None

    def heal(self) -> None:
        """End every fault; connections that are open are cut."""
        self._faults = frozenset()
        self.unplug()

    def unplug(self) -> None:
        """Cut every connection now."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _accept(self, server: socket.socket) -> None:
        while not self._stopped.is_set():
            try:
                sock, _ = server.accept()
            except TimeoutError:
                continue
            sock.settimeout(5)
            with self._lock:
                self._open.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), name="sim-mjpeg-viewer", daemon=True)
            thread.start()
            self._threads = [t for t in self._threads if t.is_alive()] + [thread]

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._answer(sock)
        with self._lock:
            self._open.discard(sock)
        sock.close()

    def _answer(self, sock: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and len(request) < 10_000:
            got = sock.recv(4096)
            if not got:
                return
            request += got
        has = self._faults.__contains__
        if has("silence"):
            self._stopped_or_cut(sock)
            return
        if has("refused") or has("busy"):
            sock.sendall(b"HTTP/1.0 401 Unauthorized\r\n\r\n" if has("refused") else b"HTTP/1.0 503 Service Unavailable\r\n\r\n")
            return
        if has("endless-header"):
            self._pour(sock, b"HTTP/1.0 200 OK\r\n", b"X-More: " + b"a" * 1000 + b"\r\n")
            return
        kind = "text/html" if has("wrong-type") else f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        sock.sendall(f"HTTP/1.0 200 OK\r\nServer: simulated-camera/1\r\nContent-Type: {kind}\r\n\r\n".encode())
        if has("endless-data"):
            self._pour(sock, b"", bytes(range(256)) * 256)
            return
        self._stream(sock)

    def _stopped_or_cut(self, sock: socket.socket) -> None:
        sock.settimeout(0.1)
        while not self._stopped.is_set():
            try:
                if not sock.recv(1):
                    return
            except TimeoutError:
                continue

    def _pour(self, sock: socket.socket, first: bytes, again: bytes) -> None:
        sock.sendall(first)
        while not self._stopped.is_set():
            sock.sendall(again)

    def _stream(self, sock: socket.socket) -> None:
        due = time.monotonic()
        number = 0
        while not self._stopped.is_set():
            number += 1
            for piece in self._part(number):
                sock.sendall(piece)
                if "slow-drip" in self._faults and self._stopped.wait(0.05):
                    return
            self.sent += 1
            if "unplug" in self._faults and number == 3:
                sock.sendall(self._pictures[0][:500])
                return
            due = max(due + 1 / self._rate, time.monotonic() - 0.2)
            if self._stopped.wait(max(0.0, due - time.monotonic())):
                return

    def _part(self, number: int) -> list[bytes]:
        """Return the bytes of one part, in the pieces they are sent in."""
        has = self._faults.__contains__
        picture = self._pictures[number % PICTURES]
        said = len(picture)
        damaged = number % 2 == 0 if has("every-second-damaged") else number % 3 == 0
        if damaged and (has("dropped-byte") or has("every-second-damaged")):
            picture = picture[: said // 2] + picture[said // 2 + 1 :]
        if damaged and has("short-last-packet"):
            picture = picture[: said // 3]
        if has("lying-length"):
            said = (said // 2, said + 5_000, 900_000_000)[number % 3] if damaged or number % 3 else said
        line = b"\n" if has("line-feeds") else b"\r\n"
        lines = [b"--" + BOUNDARY.encode(), b"Content-Type: image/jpeg"]
        if not has("no-length"):
            lines.append(b"Content-Length: %d" % said)
        whole = line.join(lines) + line * 2 + picture + line
        if has("stray-ready"):
            whole = b"\x55\xff\xd8garbage" + whole
        step = 7 if has("split-read") else 100 if has("slow-drip") else len(whole)
        if has("split-read"):
            return [whole[:7], whole[7:20], *(whole[i : i + 1500] for i in range(20, len(whole), 1500))]
        return [whole[i : i + step] for i in range(0, len(whole), step)]
