"""A simulated WS-BD service (NIST SP 500-288) on the loopback address: sessions, one lock, a synthetic person's fingers as PNG.

Its XML is written by hand here; it shares nothing with `devices.wsbd`.
"""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.positions import FingerPosition
from devices.simulated.people import picture
from devices.simulated.wire_server import WIRE_FAULTS, Answer, FaultBox, LoopbackHandler, LoopbackServer

SERVICE_FAULTS: Final = (
    "lock-held", "lost-session", "lost-lock", "needs-initialization", "needs-configuration", "sensor-busy", "sensor-failure",
    "sensor-timeout", "preparing-download", "two-captures", "other-finger", "entity-bomb", "deep-xml", "wrong-size", "wrong-media",
    "bad-base64", "other-resolution", "waits",
)  # fmt: skip
_AT_CAPTURE: Final = ("lost-session", "lost-lock", "needs-initialization", "needs-configuration", "sensor-busy", "sensor-failure",
                      "sensor-timeout", "two-captures", "waits")  # fmt: skip
_AT_DOWNLOAD: Final = (*WIRE_FAULTS, "preparing-download", "other-finger", "entity-bomb", "deep-xml", "wrong-size", "wrong-media",
                       "bad-base64", "other-resolution")  # fmt: skip
_NAMES: Final = {
    **{f"{hand}{finger}": base + n for hand, base in (("right", 1), ("left", 6))
       for n, finger in enumerate(("Thumb", "Index", "Middle", "Ring", "Little"))},
    "rightSlap": 13, "leftSlap": 14, "bothThumbs": 15,
}  # fmt: skip
_REFUSALS: Final = {"sensor-busy": "sensorBusy", "sensor-failure": "sensorFailure", "sensor-timeout": "sensorTimeout"}
_HEAD: Final = (
    '<result xmlns="urn:oid:2.16.840.1.101.3.9.3.0" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema">'
)


class WsbdSimulator:
    """One sensor. `profile` ``fingerprint`` is the only one."""

    FAULTS: Final[tuple[str, ...]] = (*WIRE_FAULTS, *SERVICE_FAULTS)

    def __init__(self, profile: str | None = None, faults: Sequence[str] = (), *, seed: int = 1) -> None:
        if profile not in (None, "fingerprint"):
            raise ValueError("the WS-BD simulator has the profile fingerprint only")
        self._faults = FaultBox(self.FAULTS, faults)
        self._seed = seed
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._sessions: set[str] = set()
        self._holder = ""
        self._ready: set[str] = set()
        self._submodality = ""
        self._captures: dict[str, str] = {}
        self._touch = 0
        self._server: LoopbackServer | None = None

    def start(self) -> str:
        """Start on a free port; return the service's URL."""
        self._server = LoopbackServer(self._serve, ("GET", "POST", "PUT", "DELETE"))
        return f"http://127.0.0.1:{self._server.port}/Service"

    def stop(self) -> None:
        """Stop; may be called twice."""
        self._cancel.set()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def inject(self, fault: str) -> None:
        """Let `fault` strike once."""
        self._faults.inject(fault)

    def heal(self) -> None:
        """End every fault."""
        self._faults.heal()

    def _serve(self, handler: LoopbackHandler) -> None:
        body = handler.body().decode("utf-8", "replace")
        parts = handler.path.removeprefix("/Service").strip("/").split("/")
        method, operation, identifier = handler.command, parts[0], parts[1] if len(parts) > 1 else ""
        if operation == "download":
            fault = self._faults.take(_AT_DOWNLOAD)
            xml = self._download(identifier, fault)
            handler.send(Answer(xml.encode(), "application/xml"), fault if fault in WIRE_FAULTS else "")
            return
        xml = self._answer(method, operation, identifier, body)
        handler.send(Answer(xml.encode(), "application/xml"))

    def _answer(self, method: str, operation: str, session: str, body: str) -> str:
        if operation == "info":
            return self._info()
        if operation == "cancel":
            self._cancel.set()
            return _result("success")
        with self._lock:
            if operation == "register":
                return self._register(method, session)
            if session not in self._sessions:
                return _result("invalidId")
            if operation == "lock":
                return self._locking(method, session)
            if self._holder != session:
                return _result("lockHeldByAnother" if self._holder else "lockNotHeld")
            if operation == "initialize":
                self._ready.add(session)
                return _result("success")
            if session not in self._ready:
                return _result("initializationNeeded")
            if operation == "configure":
                return self._configure(body)
        return self._capture(session) if operation == "capture" else _result("unsupported")

    def _register(self, method: str, session: str) -> str:
        if method == "DELETE":
            self._sessions.discard(session)
            return _result("success")
        new = str(uuid.uuid4())
        self._sessions.add(new)
        return _result("success", f"<sessionId>{new}</sessionId>")

    def _locking(self, method: str, session: str) -> str:
        if self._faults.take(("lock-held",)):
            return _result("lockHeldByAnother")
        if method == "DELETE":
            self._holder = ""
        elif self._holder not in ("", session):
            return _result("lockHeldByAnother")
        else:
            self._holder = session
        return _result("success")

    def _configure(self, body: str) -> str:
        if "<key>submodality</key>" not in body:
            return _result("noSuchParameter")
        word = body.partition('i:type="xs:string">')[2].partition("<")[0]
        if word not in _NAMES:
            return _result("badValue")
        self._submodality = word
        return _result("success")

    def _capture(self, session: str) -> str:
        fault = self._faults.take(_AT_CAPTURE)
        if fault in _REFUSALS:
            return _result(_REFUSALS[fault])
        with self._lock:
            if fault == "lost-session":
                self._sessions.clear()
                self._holder = ""
                return _result("invalidId")
            if fault == "lost-lock":
                self._holder = ""
                return _result("lockNotHeld")
            if fault == "needs-initialization":
                self._ready.discard(session)
                return _result("initializationNeeded")
            if fault == "needs-configuration":
                self._submodality = ""
            if not self._submodality:
                return _result("configurationNeeded")
        self._cancel.clear()
        if fault == "waits" and self._cancel.wait(30):
            return _result("canceled")
        ids = [str(uuid.uuid4()) for _ in range(2 if fault == "two-captures" else 1)]
        self._captures.update(dict.fromkeys(ids, self._submodality))
        return _result("success", "<captureIds>" + "".join(f"<element>{i}</element>" for i in ids) + "</captureIds>")

    def _download(self, identifier: str, fault: str) -> str:
        word = self._captures.get(identifier)
        if word is None:
            return _result("invalidId")
        if fault == "preparing-download":
            return _result("preparingDownload")
        if fault == "entity-bomb":
            return '<!DOCTYPE result [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><result><status>&b;</status></result>'
        if fault == "deep-xml":
            return "<result>" + "<a>" * 5_000 + "</a>" * 5_000 + "</result>"
        pixels = self._picture(FingerPosition(_NAMES[word]))
        data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
        rows = {
            "width": str(pixels.shape[1] + (8 if fault == "wrong-size" else 0)), "height": str(pixels.shape[0]),
            "captureTime": datetime.now(UTC).isoformat(), "contentType": "image/bmp" if fault == "wrong-media" else "image/png",
            "submodality": "leftLittle" if fault == "other-finger" else word, "imageDensity": "333" if fault == "other-resolution" else "500",
        }  # fmt: skip
        text = "@@@" if fault == "bad-base64" else base64.b64encode(data).decode()
        items = "".join(f'<item><key>{k}</key><value i:type="xs:string">{v}</value></item>' for k, v in rows.items())
        return _result("success", f"<metadata>{items}</metadata><sensorData>{text}</sensorData>")

    def _picture(self, position: FingerPosition) -> NDArray[np.uint8]:
        self._touch += 1
        return picture(self._seed, position, self._touch)

    def _info(self) -> str:
        allowed = "".join(f'<allowedValue i:type="xs:string">{n}</allowedValue>' for n in _NAMES)
        parameter = (
            '<item><key>submodality</key><value i:type="Parameter"><name>submodality</name><type>xs:string</type>'
            f'<defaultValue i:type="xs:string">rightSlap</defaultValue><allowedValues>{allowed}</allowedValues></value></item>'
        )
        plain = {"modality": "fingerprint", "imageDensity": "500", "vendor": "Simulated", "model": "WS-BD", "serial": "SIM-WSBD-1",
                 "firmware": "2", "simulated": "true"}  # fmt: skip
        items = "".join(f'<item><key>{k}</key><value i:type="xs:string">{v}</value></item>' for k, v in plain.items())
        return _result("success", f"<metadata>{parameter}{items}</metadata>")


def _result(status: str, inner: str = "") -> str:
    return f"{_HEAD}<status>{status}</status>{inner}</result>"
