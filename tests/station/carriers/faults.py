"""Faults on the line, planted between any client and any server: plain sockets, no knowledge of what detects them."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit


class Line:
    """A TCP relay on loopback. `fault(n)` is asked for each connection which fault it gets:

    ``ok`` · ``cut:N`` both ways end after N bytes towards the server · ``cut-back:N`` after N bytes towards the client ·
    ``trickle:N`` single-byte segments for the first N bytes both ways · ``silent`` takes everything, answers nothing ·
    ``refuse`` closes at once · ``say:TEXT`` answers TEXT to the first request · ``twice`` sends every request twice, each over
    its own connection, and gives the first answer to the client · ``proxy`` forwards one absolute-form request as a proxy does.
    """

    def __init__(self, url: str, fault: Callable[[int], str]) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._fault = fault
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        self._stop = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._accept)
        self._main.start()

    def close(self) -> None:
        self._stop.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._main.join(5)
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(client, self._fault(self.connections)))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket, fault: str) -> None:
        kind, _, value = fault.partition(":")
        self._open.add(client)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if kind == "refuse":
                return
            if kind == "say":
                client.recv(65_536)
                client.sendall(value.encode())
                return
            if kind == "silent":
                while client.recv(65_536) and not self._stop.is_set():
                    pass
                return
            if kind in {"twice", "proxy"}:
                self._twice(client, 2 if kind == "twice" else 1)
                return
            with socket.create_connection(self._target, 10) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(server)
                limits = {"cut": (int(value or 0), None), "cut-back": (None, int(value or 0))}.get(kind, (None, None))
                single = int(value) if kind == "trickle" else 0
                back = threading.Thread(target=self._pump, args=(server, client, limits[1], single))
                back.start()
                self._pump(client, server, limits[0], single)
                back.join(10)
                self._open.discard(server)
        except OSError:
            pass
        finally:
            self._open.discard(client)
            client.close()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None, single: int) -> None:
        done = 0
        try:
            while data := source.recv(65_536):
                if limit is not None and done + len(data) >= limit:
                    sink.sendall(data[: limit - done])
                    break
                head, tail = data[: max(0, single - done)], data[max(0, single - done) :]
                for byte in head:
                    sink.sendall(bytes([byte]))
                if tail:
                    sink.sendall(tail)
                done += len(data)
        except OSError:
            pass
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _twice(self, client: socket.socket, times: int) -> None:
        """Read one request, send it twice (reordered at random with a short delay), answer with the first reply."""
        while True:
            request = self._request(client)
            if not request:
                return
            verb, target, rest = request.split(b" ", 2)
            if target.startswith(b"http://"):  # as a proxy is asked
                request = b" ".join((verb, b"/" + target.split(b"/", 3)[3], rest))
            answers: list[bytes] = [b"", b""]

            def send(place: int, data: bytes = request, answers: list[bytes] = answers) -> None:
                with contextlib.suppress(OSError), socket.create_connection(self._target, 10) as server:
                    server.sendall(data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                    while piece := server.recv(65_536):
                        answers[place] += piece

            pair = [threading.Thread(target=send, args=(n,)) for n in (0, 1)]
            pair[0].start()
            time.sleep(random.Random(len(request)).random() / 100)
            if times == 2:
                pair[1].start()
            for one in pair[:times]:
                one.join(30)
            client.sendall(answers[0])
            return  # the peers said Connection: close

    @staticmethod
    def _request(client: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65_536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            piece = client.recv(65_536)
            if not piece:
                return b""
            body += piece
        return head + b"\r\n\r\n" + body


def page(status: str, headers: str = "", body: str = "") -> str:
    """A whole HTTP answer as text."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n{body}"
