"""A simulated SBI device service: HTTP on a loopback port, its own keys, MJPEG stream, RCAPTURE answers with ISO records.

Part of the product: `station devices simulate sbi`. Profiles: ``finger-slap``, ``finger-single``, ``iris-double``. It says that it
is one in its digital id (provider ``SIMULATED``), and shares no codec with `devices.sbi`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding

from devices.simulated.sbi_body import SimulatedBody
from devices.simulated.sbi_capture import CAPTURE_FAULTS, CaptureMaker
from devices.simulated.sbi_keys import DeviceKeys, SimulatedMakers, device_keys
from devices.simulated.wire_server import WIRE_FAULTS, Answer, FaultBox, LoopbackHandler, LoopbackServer

PORTS: Final = range(4501, 4601)
STREAM_FAULTS: Final = ("stream-silence", "stream-garbage", "stream-cut", "stream-damaged-picture", "stream-lying-length")
INFO_FAULTS: Final = ("info-wrong-chain", "info-silence", "info-garbage", "not-registered", "not-ready")
_VERBS: Final = ("GET", "MOSIPDISC", "MOSIPDINFO", "STREAM", "RCAPTURE")
_TYPES: Final = {"finger-slap": ("Finger", "Slap", ("1", "2", "3")), "finger-single": ("Finger", "Single", ("0",)),
                 "iris-double": ("Iris", "Double", ("1", "2", "3"))}  # fmt: skip


class SbiSimulator:
    """One service with one device."""

    FAULTS: Final[tuple[str, ...]] = (*WIRE_FAULTS, *CAPTURE_FAULTS, *STREAM_FAULTS, *INFO_FAULTS)

    def __init__(self, profile: str | None = None, faults: Sequence[str] = (), *, seed: int = 1, port: int | None = None,
                 now: Callable[[], datetime] | None = None, frames_per_s: float = 30.0, keys: DeviceKeys | None = None,
                 env: str = "Developer", spec: str = "0.9.5", settle_s: float = 0.0) -> None:  # fmt: skip
        """`faults` strike always; `inject` adds one that strikes once. `now` is the device's own clock. `settle_s`: how long eyes
        take to come right before an iris camera."""
        self.profile = profile or "finger-slap"
        if self.profile not in _TYPES:
            raise ValueError(f"no SBI profile is called {self.profile}; there are: {', '.join(_TYPES)}")
        self.kind, self.sub_kind, self._sub_ids = _TYPES[self.profile]
        self._faults = FaultBox(self.FAULTS, faults)
        self._port = port
        self._now = now or (lambda: datetime.now(UTC))
        self._frame_s = 1 / frames_per_s
        self._keys = keys
        self._env, self._spec = env, spec
        self.serial = f"SIM-{self.kind.upper()}-{seed:04d}"
        self._settle_s = settle_s
        self.body = SimulatedBody(seed, settle_s)
        self._maker: CaptureMaker | None = None
        self._server: LoopbackServer | None = None

    def start(self) -> str:
        """Start the service on the first free port; return its URL."""
        self._keys = self._keys or device_keys()
        self._maker = CaptureMaker(self._keys, self.body, self.digital_id, self._now, self._env, self._spec)
        ports = PORTS if self._port is None else (self._port,)
        self._server = LoopbackServer(self._serve, _VERBS, ports)
        return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Stop; may be called twice."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def inject(self, fault: str) -> None:
        """Let `fault` strike once."""
        self._faults.inject(fault)

    def call(self, seed: int) -> None:
        """Let another person step up."""
        self.body = SimulatedBody(seed, self._settle_s)
        if self._maker is not None:
            self._maker.body = self.body

    def warm_up(self, sub_id: str = "2") -> None:
        """Grow the fingers of one live picture, so that the first frame comes at once."""
        self.body.live(self.kind, sub_id, 0.0)

    def heal(self) -> None:
        """End every fault."""
        self._faults.heal()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None, "started"
        return self._server.port

    def trust(self) -> SimulatedMakers:
        """The trust view that a test station uses."""
        self._keys = self._keys or device_keys()
        return self._keys.trust()

    def digital_id(self) -> dict[str, str]:
        """Return the digital id of now."""
        return {
            "serialNo": self.serial, "make": "Simulated", "model": self.profile, "type": self.kind, "deviceSubType": self.sub_kind,
            "deviceProvider": "Simulated, test only", "deviceProviderId": "SIMULATED", "dateTime": self._stamp(),
        }  # fmt: skip

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _serve(self, handler: LoopbackHandler) -> None:
        request = handler.body()
        verb, path = handler.command, handler.path
        answers: dict[tuple[str, str], Callable[[], tuple[Any, str]]] = {
            ("MOSIPDISC", "/device"): self._discovery,
            ("MOSIPDINFO", "/info"): self._information,
            ("RCAPTURE", "/capture"): lambda: self._capture(json.loads(request)),
        }
        if (verb, path) == ("STREAM", "/stream"):
            self._stream(handler, json.loads(request))
        elif (verb, path) in answers:
            value, fault = answers[verb, path]()
            handler.send(Answer(json.dumps(value).encode()), fault)
        elif (verb, path) == ("GET", "/maker.pem"):
            # Not of SBI: so that a technician can try the station's trust without a real maker.
            assert self._keys is not None
            handler.send(Answer(self._keys.root.public_bytes(Encoding.PEM), "application/x-pem-file"))
        else:
            handler.send(Answer(b"{}", status=404))

    def _device_fields(self, status: str) -> dict[str, Any]:
        return {
            "deviceId": f"{self.serial}-id", "deviceStatus": status, "certification": "L1", "serviceVersion": "1.0.0",
            "deviceSubId": list(self._sub_ids), "callbackId": f"http://127.0.0.1:{self.port}/", "deviceCode": f"{self.serial}-code",
            "specVersion": [self._spec], "purpose": "Registration",
        }  # fmt: skip

    def _discovery(self) -> tuple[Any, str]:
        import base64

        unsigned = base64.urlsafe_b64encode(json.dumps(self.digital_id()).encode()).decode()
        row = {**self._device_fields("Ready"), "digitalId": unsigned, "error": {"errorCode": "0", "errorInfo": "Success"}}
        return [row], ""

    def _information(self) -> tuple[Any, str]:
        fault = self._faults.take(INFO_FAULTS)
        keys = device_keys("Simulated Stranger") if fault == "info-wrong-chain" else self._keys
        assert keys is not None
        status = {"not-registered": "Not Registered", "not-ready": "Not Ready"}.get(fault, "Ready")
        fields = {
            **self._device_fields(status),
            "firmware": "7.2",
            "env": self._env,
            "digitalId": keys.chip.token(self.digital_id()),
        }
        answer = [{"deviceInfo": keys.device.token(fields), "error": {"errorCode": "0", "errorInfo": "Success"}}]
        return answer, {"info-silence": "silence", "info-garbage": "garbage"}.get(fault, "")

    def _capture(self, request: dict[str, Any]) -> tuple[Any, str]:
        assert self._maker is not None
        fault = self._faults.take((*CAPTURE_FAULTS, *WIRE_FAULTS))
        answer = self._maker.answer(request, fault if fault in CAPTURE_FAULTS else "")
        return answer, fault if fault in WIRE_FAULTS else ""

    def _stream(self, handler: LoopbackHandler, request: dict[str, Any]) -> None:
        """Send pictures of what lies on the device until the client leaves."""
        handler.close_connection = True
        fault = self._faults.take(STREAM_FAULTS)
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--BoundaryString")
        handler.send_header("Connection", "close")
        handler.end_headers()
        if fault == "stream-silence":
            handler.stopping.wait(30)
            return
        begin = time.monotonic()
        until = begin + min(300.0, int(request.get("timeout") or 300_000) / 1000)
        number = 0
        with contextlib.suppress(OSError):
            while not handler.stopping.is_set() and time.monotonic() < until:
                picture = self.body.live(self.kind, str(request.get("deviceSubId", "0")), number * self._frame_s)
                _send_picture(handler, picture, fault if number == 2 else "")
                if fault == "stream-cut" and number == 2:
                    return
                number += 1
                handler.stopping.wait(max(0.0, begin + number * self._frame_s - time.monotonic()))


def _send_picture(handler: LoopbackHandler, picture: bytes, fault: str) -> None:
    if fault == "stream-garbage":
        handler.wfile.write(b"\r\nnothing of a stream " * 400)
        return
    if fault == "stream-damaged-picture":
        picture = picture[:200] + b"\0" * 400
    length = 10**12 if fault == "stream-lying-length" else len(picture)
    head = f"--BoundaryString\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
    handler.wfile.write(head.encode() + picture + b"\r\n\r\n")
    handler.wfile.flush()
