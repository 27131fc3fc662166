"""`SbiScanner`: a fingerprint scanner or iris camera behind an SBI service, as the device contract has it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, Eye, Impression
from devices.contract import (
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    Frame,
    RawCapture,
    Scanner,
    Source,
)
from devices.errors import (
    AnswerRefusedError,
    CaptureRefusedError,
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceUnpluggedError,
    UnsupportedCommandError,
)
from devices.live_jpeg import LiveJpeg
from devices.sbi import asking, messages
from devices.sbi.chain import MakerTrust, NoTrust
from devices.sbi.messages import DigitalId
from devices.sbi.service import ANSWER_MARGIN_S, FIRST_PORT, LAST_PORT, SILENCE_S, SbiService, open_ports, parse_ports
from devices.sbi.verify import SKEW, Verified, reported, verified, verify_capture, verify_token

SPEC_VERSIONS: Final = ("0.9.5", "1.0", "1.0.0")
"""In the order of preference; the first that the device lists is spoken."""
SIMULATED_PROVIDER: Final = "SIMULATED"
"""Device provider id by which a simulator says that it is one; its captures are marked. A real device gains nothing by saying so."""
_KINDS: Final = ("Finger", "Iris")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SbiOptions:
    """How a site uses its SBI devices.

    Attributes:
        env, purpose: what captures are made for; the device must say the same.
        trust: device makers trusted here; by default none, and every capture is refused.
        now: the station's clock.
        score: mean quality the device waits for before it answers, 0..100.
        skew: tolerance between the device's clock and ours.
        stream_ppi: resolution of the live pictures as sent (the interface does not say; a platen's full picture is 500).
        silence_s: the longest wait for the next part of a stream.
        margin_s: how long after its own time-out a device may answer a capture.
    """

    env: str = "Production"
    purpose: str = "Registration"
    trust: MakerTrust = field(default_factory=NoTrust)
    now: Callable[[], datetime] = _utc_now
    score: int = 40
    skew: timedelta = SKEW
    stream_ppi: int = 500
    silence_s: float = SILENCE_S
    margin_s: float = ANSWER_MARGIN_S


@dataclass(frozen=True, slots=True)
class _Opened:
    """The device as its verified information shows it."""

    device: messages.Device
    digital_id: DigitalId
    signer: bytes
    """The key behind the digital id."""
    spec_version: str


class SbiScanner(Scanner):
    """One device of one service. Captures give one image for each finger or eye and keep the device's exact tokens as `signed`."""

    adapter = "sbi"

    def __init__(self, port: int, digital_id: DigitalId, options: SbiOptions = SbiOptions()) -> None:
        """`digital_id` is what discovery said (unsigned): it chooses the device; `open` verifies it."""
        super().__init__(f"sbi-{port}-{digital_id.serial}")
        self._hint = digital_id
        self._options = options
        self._service = SbiService(port, device_id=self.device_id, silence_s=options.silence_s, margin_s=options.margin_s)
        self._opened: _Opened | None = None
        self._next_sub_id = "3" if digital_id.kind == "Iris" else "2"
        self._last_hash = asking.FIRST_HASH
        self._number = 0

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Scan the loopback ports and return every finger and iris device found; switches nothing on.

        Settings (all optional): `ports` ("4501-4600"), `env`, `purpose`, `score`, `skew_s`, `trust` (`MakerTrust`), `clock`
        (with `now()`), `stream_ppi`, `silence_s`, `margin_s`.

        Raises:
            DeviceError: something listens but no service answers as one (a scan that finds nothing returns nothing).
        """
        try:
            options, ports = _options(settings), parse_ports(_ports(settings))
        except (TypeError, ValueError, KeyError) as error:
            raise DeviceError("A setting of the SBI devices is no number or no port range; they are not used. Correct it.",
                              code="device-settings") from error  # fmt: skip
        found: list[Device] = []
        first_error: DeviceError | None = None
        for port in open_ports(ports):
            try:
                found += cls._at(port, options)
            except DeviceError as error:
                first_error = first_error or error
        if not found and first_error is not None:
            raise first_error
        return found

    @classmethod
    def _at(cls, port: int, options: SbiOptions) -> list[SbiScanner]:
        rows = SbiService(port).discover()
        ids = [messages.read_unsigned_digital_id(row.digital_id) for row in rows if row.digital_id]
        return [cls(port, digital_id, options) for digital_id in ids if digital_id.kind in _KINDS]

    @property
    def capabilities(self) -> Capabilities:
        """From the device's type; SBI devices take plain impressions, choose the moment themselves and sign what they take."""
        hint = self._hint
        if hint.kind == "Iris":
            return Capabilities(preview=True, auto_capture=True, signs_captures=True, eyes=frozenset({Eye.LEFT, Eye.RIGHT}))
        positions = SINGLE_FINGERS if hint.sub_kind.casefold() == "single" else tuple(SLAP_FINGERS)
        return Capabilities(preview=True, positions=frozenset(positions), impressions=frozenset({Impression.LIVE_PLAIN}), ppi=500,
                            auto_capture=True, signs_captures=True)  # fmt: skip

    def _wake(self) -> None:
        self._service.abort()

    def _identity(self, opened: _Opened) -> DeviceIdentity:
        digital = opened.digital_id
        return DeviceIdentity(DeviceKind.SCANNER, self.adapter, digital.make, digital.model, digital.serial, opened.device.firmware,
                              f"sbi-{opened.spec_version}")  # fmt: skip

    def _describe(self) -> DeviceInfo:
        opened = self._opened if self._is_open else None
        if opened is None:
            with self._border():
                opened = self._verified_information()
        source = self._source(opened)
        device = opened.device
        details = {"status": device.status, "certification": device.certification, "type": opened.digital_id.kind,
                   "subtype": opened.digital_id.sub_kind, "port": str(self._service.port), "spec": opened.spec_version,
                   "service": device.service_version, "env": device.env, "provider": opened.digital_id.provider}  # fmt: skip
        simulated = source is Source.SIMULATED
        # What every answer is checked for (500 ppi, 8 bits, lossless) is enrolment grade; the certificate's half is `devices.grade`'s.
        return DeviceInfo(self.device_id, self.kind, self._identity(opened), source, enrolment_grade=not simulated,
                          grade_reason="source-simulated" if simulated else "", details=details)  # fmt: skip

    @staticmethod
    def _source(opened: _Opened) -> Source:
        return Source.SIMULATED if opened.digital_id.provider_id == SIMULATED_PROVIDER else Source.DEVICE

    def _open(self, deadline_s: float) -> None:
        with self._border():
            opened = self._verified_information(deadline_s)
            status = opened.device.status.casefold()
            if status == "not registered":
                raise CaptureRefusedError("The device is not registered; nothing was captured. Register it with its maker.",
                                          code="sbi-not-registered")  # fmt: skip
            if status != "ready":
                raise DeviceBusyError("The device is busy or not ready; nothing was captured. Wait and open it again.")
        self._opened = opened
        self._last_hash = asking.FIRST_HASH

    def _close(self) -> None:
        self._service.abort()

    def _verified_information(self, deadline_s: float = 5.0) -> _Opened:
        options = self._options
        now = options.now()
        first_error: DeviceError | None = None
        for token, error in self._service.information(deadline_s):
            if error is not None and not token:
                first_error = first_error or reported(error)
                continue
            device = messages.read_device(verify_token(token, options.trust, now))
            signed_id = verified(device.digital_id.encode("ascii", "replace"), options.trust, now)
            digital = messages.read_digital_id(signed_id.payload)
            if digital.serial != self._hint.serial or digital.kind != self._hint.kind:
                continue
            for mine, theirs, code in (
                (options.env, device.env, "sbi-env"),
                (options.purpose, device.purpose, "sbi-purpose"),
            ):
                if mine.casefold() != theirs.casefold():
                    raise AnswerRefusedError(f"The device serves '{theirs}', the station needs '{mine}'.", code=code)
            version = next((v for v in SPEC_VERSIONS if v in device.spec_versions), None)
            if version is None:
                raise AnswerRefusedError("The device speaks no version of the specification known here.", code="sbi-spec-version")
            return _Opened(device, digital, signed_id.signer_key, version)
        raise first_error or DeviceNotFoundError(
            "The service has this device no longer; nothing was captured. Plug it in.", device_id=self.device_id
        )

    def _prepare(self, request: CaptureRequest) -> None:
        self._next_sub_id = asking.sub_id_of(request)

    def _preview(self) -> Iterator[Frame]:
        opened = self._needed()
        decoder = LiveJpeg(self._options.stream_ppi if opened.digital_id.kind == "Finger" else None)
        with self._border():
            for picture in self._service.pictures(
                opened.device.device_id, self._next_sub_id, opened.digital_id.serial, self._cancelled
            ):
                self._check_cancelled()
                image = decoder.decode(picture)
                if image is not None:
                    self._number += 1
                    yield decoder.frame(image, self._number)
            self._check_cancelled()
            if self._is_open:
                raise DeviceUnpluggedError("The live picture ended; what was saved is safe. Open the device again.")

    def _capture(self, request: CaptureRequest) -> RawCapture:
        opened, options = self._needed(), self._options
        self._check_can(request, opened)
        with self._border():
            wanted, missing = asking.wanted_of(request)
            asked = asking.Asked(
                opened.digital_id.kind, wanted, missing, asking.sub_id_of(request), asking.new_transaction_id(), options.now(),
                options.env, options.purpose, opened.spec_version, opened.device.device_id, opened.device.device_code,
                self._last_hash, options.score, request.deadline_s,
            )  # fmt: skip
            answer = self._service.capture(asked, self._cancelled)
            whole = verify_capture(answer, asked, opened.digital_id, opened.signer, options.trust, options.now(), options.skew)
        self._last_hash = whole.last_hash
        return self._raw_capture(opened, asked, whole)

    def _raw_capture(self, opened: _Opened, asked: asking.Asked, whole: Verified) -> RawCapture:
        images = tuple(
            CapturedImage(s.pixels, 8, s.ppi, s.coding.media_type, s.encoded, s.position, s.eye, s.quality) for s in whole.samples
        )
        scores = [s.quality for s in whole.samples if s.quality is not None]
        details = {"transaction": asked.transaction_id, "spec": asked.spec_version, "env": asked.env, "hash": whole.last_hash,
                   "certification": opened.device.certification}  # fmt: skip
        return RawCapture(images, self._identity(opened), self._source(opened), tuple(s.token for s in whole.samples),
                          round(sum(scores) / len(scores)) if scores else None, details)  # fmt: skip

    def _check_can(self, request: CaptureRequest, opened: _Opened) -> None:
        able = self.capabilities
        iris = opened.digital_id.kind == "Iris"
        fits = (
            request.modality == "iris"
            if iris
            else (request.modality == "finger" and request.position in able.positions and request.impression in able.impressions)
        )
        if not fits:
            raise UnsupportedCommandError("This device cannot take that; nothing was captured. Choose another device or finger.",
                                          device_id=self.device_id, position=int(request.position))  # fmt: skip

    def _needed(self) -> _Opened:
        assert self._opened is not None, "open before use"
        return self._opened

    @contextlib.contextmanager
    def _border(self) -> Iterator[None]:
        """Name the device in every error, and say of a refused answer what is safe and what to do."""
        try:
            yield
        except AnswerRefusedError as error:
            raise AnswerRefusedError(
                f"{error} Nothing of the answer was used; what was saved is safe. Try again, and report the device if it repeats.",
                device_id=self.device_id, code=error.reason_code, **error.details,
            ) from error  # fmt: skip
        except DeviceError as error:
            error.device_id = error.device_id or self.device_id
            if isinstance(error, DeviceUnpluggedError):
                self._is_open = False
            raise


def _ports(settings: Mapping[str, Any]) -> str:
    """Return the ports as text; the station writes one ``port=`` as a list of tables, as the serial families want it."""
    given = settings.get("ports", f"{FIRST_PORT}-{LAST_PORT}")
    if isinstance(given, list):
        return ",".join(str(row["port"] if isinstance(row, Mapping) else row) for row in given)
    return str(given)


def _options(settings: Mapping[str, Any]) -> SbiOptions:
    usual = SbiOptions()
    clock = settings.get("clock")
    return SbiOptions(
        str(settings.get("env", usual.env)),
        str(settings.get("purpose", usual.purpose)),
        settings.get("trust") or usual.trust,
        clock.now if clock is not None else usual.now,
        int(settings.get("score", usual.score)),
        timedelta(seconds=float(settings.get("skew_s", usual.skew.total_seconds()))),
        int(settings.get("stream_ppi", usual.stream_ppi)),
        float(settings.get("silence_s", usual.silence_s)),
        float(settings.get("margin_s", usual.margin_s)),
    )
