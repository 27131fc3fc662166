"""What simulated network devices share: an HTTP server on the loopback address, and the faults that happen on a wire.

It serves bodies made elsewhere; faults here know nothing of what the bytes mean.
"""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WIRE_FAULTS: Final = (
    "dropped-byte",
    "split-read",
    "silence",
    "short-last-packet",
    "lying-length",
    "endless-data",
    "unplug",
    "garbage",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to be written: status, media type, whole body."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200


class FaultBox:
    """Which faults strike: those given at construction always, those injected once each, in order."""

    def __init__(self, known: Sequence[str], always: Sequence[str]) -> None:
        for name in always:
            if name not in known:
                raise ValueError(f"no fault is called {name}; there are: {', '.join(known)}")
        self._known = tuple(known)
        self._always = tuple(always)
        self._once: deque[str] = deque()
        self._lock = threading.Lock()

    def inject(self, name: str) -> None:
        """Let `name` strike the next operation it fits."""
        if name not in self._known:
            raise ValueError(f"no fault is called {name}")
        with self._lock:
            self._once.append(name)

    def heal(self) -> None:
        """End every fault."""
        with self._lock:
            self._always = ()
            self._once.clear()

    def take(self, among: Sequence[str]) -> str:
        """Return the fault of `among` that strikes now, ``""`` for none; an injected one is used up."""
        with self._lock:
            for name in self._once:
                if name in among:
                    self._once.remove(name)
                    return name
        return next((name for name in self._always if name in among), "")


class LoopbackServer:
    """Serves `handle(handler)` for every verb in `verbs`; stop ends every connection."""

    def __init__(self, handle: Callable[[LoopbackHandler], None], verbs: Sequence[str], ports: Sequence[int] = (0,)) -> None:
        def serve(handler: LoopbackHandler) -> None:  # a plain function becomes a method of the handler; a bound one would not
            handle(handler)

        members = {f"do_{verb}": serve for verb in verbs}
        handler_class = type("Handler", (LoopbackHandler,), members)
        self._server: _Server | None = None
        for port in ports:
            with contextlib.suppress(OSError):
                self._server = _Server(("127.0.0.1", port), handler_class)
                break
        if self._server is None:
            raise OSError("no port is free for the simulated service")
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name=f"simulated-{self.port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and break every connection; may be called twice."""
        server, self._server = self._server, None
        if server is None:
            return
        server.stopping.set()
        server.shutdown()
        server.break_all()
        server.server_close()
        self._thread.join(5)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # joined by `server_close`: nobody draws while the process ends
    block_on_close = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, handler)

    def hold(self, connection: socket.socket, *, held: bool) -> None:
        with self._open_lock:
            (self._open.add if held else self._open.discard)(connection)

    def break_all(self) -> None:
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no news."""


class LoopbackHandler(http.server.BaseHTTPRequestHandler):
    """One connection. `send` writes an answer with a wire fault; `stopping` tells endless loops to end."""

    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.server.hold(self.connection, held=True)

    def finish(self) -> None:
        self.server.hold(self.connection, held=False)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged: requests may hold what no log should."""

    @property
    def stopping(self) -> threading.Event:
        """Set when the server stops."""
        return self.server.stopping

    def body(self, most: int = 1_000_000) -> bytes:
        """Return the request's body."""
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(min(length, most))

    def send(self, answer: Answer, fault: str = "") -> None:
        """Write `answer`, with one of `WIRE_FAULTS` or none."""
        self.close_connection = True
        body = answer.body
        if fault == "silence":
            self.stopping.wait(30)
            return
        if fault == "unplug":
            self._head(answer, len(body))
            self.wfile.write(body[: len(body) // 3])
            self._reset()
            return
        if fault == "garbage":
            self.wfile.write(bytes(range(256)) * 8)
            return
        if fault == "endless-data":
            self._head(answer, None)
            self._endless(body)
            return
        if fault == "dropped-byte":
            middle = len(body) // 2
            body = body[:middle] + body[middle + 1 :]
        self._head(answer, len(body) + (1000 if fault == "lying-length" else 0))
        if fault == "short-last-packet":
            body = body[: len(body) * 2 // 3]
        if fault == "split-read":
            for at in range(0, len(body), max(1, len(body) // 97)):
                self.wfile.write(body[at : at + max(1, len(body) // 97)])
                self.wfile.flush()
            return
        self.wfile.write(body)
        if fault == "lying-length":
            self.wfile.flush()
            self.stopping.wait(30)

    def _head(self, answer: Answer, length: int | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def _endless(self, body: bytes) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(body[:-1] if body else b"")
            while not self.stopping.is_set():
                self.wfile.write(b" " * 65_536)

    def _reset(self) -> None:
        """Close so that the other side gets a reset, as when a service is killed."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        with contextlib.suppress(OSError):
            self.connection.close()
