"""A whole bridge in one file, standard library only (protocol: docs/bridge-protocol.md). Copy it and put your SDK's calls where
`Scanner` is; the rest may stay. It imports nothing of this project and runs by its path: `python3 example_bridge.py`.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from typing import Any

BEAT_S = 0.5
WRITING = threading.Lock()


class Scanner:
    """Where the maker's SDK goes. This one draws arches; a real one fills in the same methods."""

    serial, vendor, model, firmware = "EXAMPLE-1", "example", "arches", "1.0"
    width, height, ppi = 320, 400, 500

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.rows = 0

    def open(self) -> None:
        """Switch the scanner on."""
        self.rows = 0

    def close(self) -> None:
        """Switch it off."""
        self.cancelled.set()

    def picture(self) -> bytes:
        """Return width*height bytes, one a pixel, 0 black, row by row from the top."""
        self.rows = (self.rows + 3) % 24
        lines = []
        for y in range(self.height):
            bend = y + self.rows
            lines.append(bytes(ARCH[(bend + SHIFT[x]) % 24] for x in range(self.width)))
        return b"".join(lines)


ARCH = [int(128 - 110 * math.cos(2 * math.pi * k / 12)) for k in range(24)]
SHIFT = [int(60 - 60 * math.exp(-(((x - 160) / 70) ** 2))) for x in range(320)]


def send(header: dict[str, Any], payload: bytes = b"") -> None:
    """Write one message: header length, payload length (4 bytes each, big-endian), JSON header, raw payload, end mark."""
    text = json.dumps(header).encode("utf-8")
    with WRITING:
        out = sys.stdout.buffer
        out.write(len(text).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + text + payload + b"END\n")
        out.flush()


def receive() -> dict[str, Any] | None:
    """Read one request; None when the station closed the pipe."""
    source = sys.stdin.buffer
    prefix = source.read(8)
    if len(prefix) < 8:
        return None
    text = source.read(int.from_bytes(prefix[:4], "big"))
    source.read(4)  # the end mark
    request: dict[str, Any] = json.loads(text)
    return request


def beat() -> None:
    """Say that we live; a bridge that is silent for three beats is killed."""
    count = 0
    while True:
        time.sleep(BEAT_S)
        count += 1
        send({"beat": count})


def preview(scanner: Scanner, identifier: int) -> None:
    """Send live pictures until cancelled."""
    number = 0
    while not scanner.cancelled.wait(0.05):
        number += 1
        header = {
            "id": identifier,
            "frame": number,
            "width": scanner.width,
            "height": scanner.height,
            "ppi": scanner.ppi,
            "finger": True,
        }
        send(header, scanner.picture())


def capture(scanner: Scanner, request: dict[str, Any]) -> None:
    """Take one picture and send it, or say why not."""
    pixels = scanner.picture()
    if scanner.cancelled.is_set():
        send({"id": request["id"], "ok": False, "error": "cancelled"})
        return
    image = {
        "position": request["position"],
        "width": scanner.width,
        "height": scanner.height,
        "ppi": scanner.ppi,
        "bits": 8,
        "quality": 70,
    }
    send({"id": request["id"], "ok": True, "images": [image]}, pixels)


def main() -> None:
    """Serve requests until the station closes the pipe. Long operations run beside, so that `cancel` is heard."""
    scanner = Scanner()
    running: threading.Thread | None = None
    threading.Thread(target=beat, daemon=True).start()
    while True:
        request = receive()
        if request is None:
            break
        identifier, operation = request["id"], request["op"]
        if operation == "hello":
            send({"id": identifier, "ok": True, "protocol": 1, "bridge": "example 1.0", "beat_s": BEAT_S})
        elif operation == "list":
            device = {
                "serial": scanner.serial,
                "vendor": scanner.vendor,
                "model": scanner.model,
                "firmware": scanner.firmware,
                "positions": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
                "impressions": [0],
                "ppi": scanner.ppi,
                "bits": 8,
                "preview": True,
                "finger_detection": True,
                "simulated": True,
            }
            send({"id": identifier, "ok": True, "devices": [device]})
        elif operation == "open":
            scanner.open()
            send({"id": identifier, "ok": True})
        elif operation in ("start_preview", "capture"):
            scanner.cancelled.set()
            if running is not None:
                running.join()
            scanner.cancelled.clear()
            if operation == "start_preview":
                send({"id": identifier, "ok": True})
                running = threading.Thread(target=preview, args=(scanner, identifier), daemon=True)
            else:
                running = threading.Thread(target=capture, args=(scanner, request), daemon=True)
            running.start()
        elif operation in ("cancel", "close"):
            scanner.cancelled.set()
            if running is not None:
                running.join()
            running = None
            if operation == "close":
                scanner.close()
            send({"id": identifier, "ok": True})
        else:
            send({"id": identifier, "ok": False, "error": "unsupported", "text": operation})


if __name__ == "__main__":
    main()
