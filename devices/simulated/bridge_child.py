"""The child of the simulated bridge: a scanner that misbehaves to order. Run by its path, started by whoever drives the adapter."""

from __future__ import annotations

import argparse
import json
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

BEAT_S: Final = 0.4
MARK: Final = b"END\n"
HANDS: Final = {13: (2, 3, 4, 5), 14: (7, 8, 9, 10), 15: (1, 6)}


class Pipe:
    """Writes messages to the station, as wrong as the faults say."""

    def __init__(self, faults: frozenset[str]) -> None:
        self._faults = faults
        self._lock = threading.Lock()

    def say(self, header: dict[str, Any], body: bytes = b"", fault: str = "") -> None:
        """Write one message; `fault` is the one that strikes it."""
        text = json.dumps(header).encode()
        if fault == "garbage-header":
            text = b"{not json" + text
        packet = struct.pack(">II", len(text), len(body)) + text + body + MARK
        if fault == "dropped-byte":
            middle = len(packet) // 2
            packet = packet[:middle] + packet[middle + 1 :]
        if fault == "lying-length":
            packet = struct.pack(">II", len(text), len(body) + 5_000_000) + text + body + MARK
        if fault == "huge-length":
            packet = struct.pack(">II", len(text), 4_000_000_000) + text
        with self._lock:
            if fault in ("short-last-packet", "unplug"):
                self._raw(packet[: len(packet) // 2])
                os._exit(3 if fault == "unplug" else 0)
            if fault == "endless-data":
                while True:
                    self._raw(b"\x7f" * 65_536)
            if fault == "split-read":
                for at in range(0, len(packet), 1 + len(packet) // 61):
                    self._raw(packet[at : at + 1 + len(packet) // 61])
                return
            self._raw(packet)

    @staticmethod
    def _raw(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]


class Platen:
    """What lies on the scanner."""

    def __init__(self, profile: str) -> None:
        self._prints = profile == "prints"
        self._touch = 0

    def picture(self, finger: int) -> tuple[int, int, bytes]:
        """Return (width, height, pixels) of one finger."""
        self._touch += 1
        if self._prints:
            sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
            from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
            from biometrics.positions import FingerPosition

            image = impression(Person.from_seed(1).finger(FingerPosition(finger)), ImpressionSettings(), self._touch).image
            return image.shape[1], image.shape[0], image.tobytes()
        row = bytes((40 if (x // 5) % 2 else 220) for x in range(64 + finger))
        return len(row), 80, row * 80

    @staticmethod
    def live(number: int) -> tuple[int, int, bytes]:
        """Return one live picture: stripes that move."""
        row = bytes((60 if ((x + number) // 6) % 2 else 230) for x in range(160))
        return 160, 200, row * 200


class Bridge:
    """Serves the requests."""

    def __init__(self, profile: str, faults: frozenset[str]) -> None:
        self.faults = faults
        self.pipe = Pipe(faults)
        self.platen = Platen(profile)
        self.cancelled = threading.Event()
        self.running: threading.Thread | None = None

    def fault(self, *names: str) -> str:
        """Return the ordered fault among `names`, if any."""
        return next((n for n in names if n in self.faults), "")

    def serve(self) -> None:
        """Answer until the station closes the pipe."""
        if "silence" not in self.faults:
            threading.Thread(target=self.beat, daemon=True).start()
        while (request := self.read()) is not None:
            getattr(self, f"on_{request['op']}", self.on_other)(request)

    def read(self) -> dict[str, Any] | None:
        """Return the next request, None at the end."""
        prefix = sys.stdin.buffer.read(8)
        if len(prefix) < 8:
            return None
        head, _ = struct.unpack(">II", prefix)
        request: dict[str, Any] = json.loads(sys.stdin.buffer.read(head))
        assert sys.stdin.buffer.read(len(MARK)) == MARK
        return request

    def beat(self) -> None:
        """Say that the process lives, however stuck the scanner is."""
        number = 0
        while True:
            time.sleep(BEAT_S)
            number += 1
            self.pipe.say({"beat": number})

    def on_hello(self, request: dict[str, Any]) -> None:
        """Greet."""
        version = 9 if "wrong-version" in self.faults else 1
        self.pipe.say({"id": request["id"], "ok": True, "protocol": version, "bridge": "simulated", "beat_s": BEAT_S})

    def on_list(self, request: dict[str, Any]) -> None:
        """Name the scanner."""
        row = {"serial": "SIM-BRIDGE-1", "vendor": "Simulated", "model": "bridge", "firmware": "3", "positions": [*range(1, 11), 13, 14, 15],
               "impressions": [0], "ppi": 500, "bits": 8, "preview": True, "finger_detection": True, "simulated": True}  # fmt: skip
        self.pipe.say({"id": request["id"], "ok": True, "devices": [row]})

    def on_open(self, request: dict[str, Any]) -> None:
        """Switch on."""
        if "busy" in self.faults:
            self.pipe.say({"id": request["id"], "ok": False, "error": "busy", "text": "another program"})
            return
        if "deaf" in self.faults:
            while True:
                time.sleep(60)
        self.pipe.say({"id": request["id"], "ok": True})

    def on_start_preview(self, request: dict[str, Any]) -> None:
        """Begin live pictures."""
        self.end_running()
        self.pipe.say({"id": request["id"], "ok": True})
        self.begin(self.preview, request)

    def preview(self, request: dict[str, Any]) -> None:
        """Send live pictures until cancelled."""
        number = 0
        while not self.cancelled.wait(0.01):
            if number >= 3 and "frozen-preview" in self.faults:
                continue
            number += 1
            width, height, pixels = self.platen.live(number)
            self.pipe.say(
                {"id": request["id"], "frame": number, "width": width, "height": height, "ppi": 100, "finger": True}, pixels
            )

    def on_capture(self, request: dict[str, Any]) -> None:
        """Take a picture."""
        self.end_running()
        self.begin(self.capture, request)

    def capture(self, request: dict[str, Any]) -> None:
        """Answer with pictures, or wrongly."""
        if self.fault("silence", "stuck"):
            while not self.cancelled.wait(60) or "ignores-cancel" in self.faults:
                pass
            self.pipe.say({"id": request["id"], "ok": False, "error": "cancelled"})
            return
        if "ignores-cancel" in self.faults:
            time.sleep(3600)
        if "crash" in self.faults:
            os._exit(139)
        if "error-flood" in self.faults:
            os.write(2, b"vendor library says nothing of use\n" * 20_000)
        if "late-answer" in self.faults:
            time.sleep(int(request["deadline_ms"]) / 1000 + 0.1)
        wanted = [f for f in HANDS.get(request["position"], (request["position"],)) if f not in request["missing"]]
        images, body = [], b""
        for finger in wanted:
            width, height, pixels = self.platen.picture(finger)
            named = 10 if "other-finger" in self.faults and finger == wanted[-1] else finger
            images.append({"position": named, "width": width, "height": height, "ppi": 500, "bits": 8, "quality": 66})
            body += pixels
        if "half-picture" in self.faults:
            body = body[: len(body) // 2]
        strikes = (
            "dropped-byte",
            "split-read",
            "short-last-packet",
            "lying-length",
            "endless-data",
            "unplug",
            "huge-length",
            "garbage-header",
        )
        self.pipe.say({"id": request["id"], "ok": True, "images": images}, body, self.fault(*strikes))

    def on_cancel(self, request: dict[str, Any]) -> None:
        """End what runs."""
        if "ignores-cancel" not in self.faults:
            self.end_running()
            self.pipe.say({"id": request["id"], "ok": True})

    on_close = on_cancel

    def on_other(self, request: dict[str, Any]) -> None:
        """Refuse what is not known."""
        self.pipe.say({"id": request["id"], "ok": False, "error": "unsupported"})

    def begin(self, work: Any, request: dict[str, Any]) -> None:
        """Run `work` beside, so that a cancel is heard."""
        self.running = threading.Thread(target=work, args=(request,), daemon=True)
        self.running.start()

    def end_running(self) -> None:
        """Cancel what runs and wait for it."""
        if self.running is not None:
            self.cancelled.set()
            self.running.join()
            self.running = None
        self.cancelled.clear()


def main() -> None:
    """Serve with the ordered faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="prints")
    parser.add_argument("--fault", action="append", default=[])
    given = parser.parse_args()
    Bridge(given.profile, frozenset(given.fault)).serve()


if __name__ == "__main__":
    main()
