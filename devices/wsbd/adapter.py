"""`WsbdScanner`: a fingerprint sensor behind a WS-BD service, as the device contract has it. No live picture: WS-BD has none."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError, ImageError
from biometrics.formats.raster import read_grey, read_header
from biometrics.formats.record_image import MAX_PIXELS, Coding, decode_grey
from biometrics.positions import FingerPosition, Impression
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
from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceUnpluggedError, UnsupportedCommandError
from devices.grade import PROFILE_PPI
from devices.http_exchange import HttpService
from devices.wsbd.messages import Result
from devices.wsbd.session import SHORT_S, WsbdSession

SUBMODALITIES: Final[Mapping[FingerPosition, str]] = {
    **{p: "".join(part.capitalize() for part in p.name.split("_")) for p in FingerPosition if 1 <= p <= 10},
    FingerPosition.RIGHT_FOUR: "RightSlap",
    FingerPosition.LEFT_FOUR: "LeftSlap",
    FingerPosition.TWO_THUMBS: "BothThumbs",
}
"""WS-BD's words for positions; services differ in the case of the first letter, so they are compared without case."""
LEAST_PPI: Final = 495
_CODINGS: Final = {
    "image/png": Coding.PNG,
    "image/jpeg": Coding.JPEG,
    "image/jp2": Coding.JPEG2000_LOSSY,
    "image/x-wsq": Coding.WSQ,
}


class WsbdScanner(Scanner):
    """One sensor, one service."""

    adapter = "wsbd"

    def __init__(self, url: str, *, ppi: int | None = None, tls: ssl.SSLContext | None = None, names: Mapping[str, str] | None = None,
                 margin_s: float = SHORT_S, download_s: float = 2 * SHORT_S) -> None:  # fmt: skip
        """`url` of the service; `ppi` where the service does not say it; `names`: vendor, model, serial where it does not.

        Raises:
            DeviceError: ``device-remote-plain``, another machine without TLS; ``wsbd-address``, no address.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise DeviceError("The sensor's address is no http address; nothing was opened. Correct it.", code="wsbd-address")
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        super().__init__(f"wsbd-{parts.hostname}-{port}")
        context = (tls or ssl.create_default_context()) if secure else None
        self._info_service = HttpService(parts.hostname, port, device_id=self.device_id, tls=context)
        self._info = WsbdSession(self._info_service, parts.path, device_id=self.device_id)
        self._session = WsbdSession(HttpService(parts.hostname, port, device_id=self.device_id, tls=context), parts.path,
                                    device_id=self.device_id, margin_s=margin_s)  # fmt: skip
        self._given_ppi, self._download_s = ppi, download_s
        self._names = dict(names or {})
        self._row: DeviceInfo | None = None
        self._able = Capabilities(preview=False, positions=frozenset(SUBMODALITIES), impressions=frozenset({Impression.LIVE_PLAIN}),
                                  ppi=ppi, auto_capture=True)  # fmt: skip
        self._words: dict[FingerPosition, str] = dict(SUBMODALITIES)

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the configured sensors (none is looked for): `url`, `ppi`, `vendor`, `model`, `serial`, `ca_file` (PEM, for https),
        `margin_s`, `download_s`; or `sensors`, a list of such tables. Asks each what it can do where it answers.

        Raises:
            DeviceError: see the constructor.
        """
        found: list[Device] = []
        for table in settings.get("sensors") or ([settings] if settings.get("url") else []):
            tls = _trusting(str(table["ca_file"])) if table.get("ca_file") else None
            try:
                ppi = int(table["ppi"]) if table.get("ppi") else None
                margin_s, download_s = (
                    float(table.get(k, usual)) for k, usual in (("margin_s", SHORT_S), ("download_s", 2 * SHORT_S))
                )
            except (TypeError, ValueError) as error:
                raise DeviceError(
                    "A setting of the WS-BD sensor is no number; it is not used. Correct it.", code="device-settings"
                ) from error
            names = {k: str(table[k]) for k in ("vendor", "model", "serial") if table.get(k)}
            device = cls(str(table["url"]), ppi=ppi, tls=tls, names=names, margin_s=margin_s, download_s=download_s)
            with contextlib.suppress(DeviceError):  # a sensor that is off is a row with its reason, not a missing device
                device.learn()
            found.append(device)
        return found

    def learn(self, deadline_s: float = SHORT_S) -> None:
        """Ask the service what it is and what it can take.

        Raises:
            DeviceError: it does not answer, or not as WS-BD.
        """
        result = self._info.information(deadline_s)
        ppi = self._density(result) or self._given_ppi
        words = {p.casefold(): p for p in (_parameter(result, "submodality"))}
        fitting = {position: words[word.casefold()] for position, word in SUBMODALITIES.items() if word.casefold() in words}
        self._words = fitting or dict(SUBMODALITIES)
        self._able = Capabilities(preview=False, positions=frozenset(self._words), impressions=frozenset({Impression.LIVE_PLAIN}), ppi=ppi,
                                  auto_capture=True)  # fmt: skip
        names = {"vendor": result.value("vendor"), "model": result.value("model"), "serial": result.value("serial")}
        known = {**{k: v for k, v in names.items() if v}, **self._names}
        identity = DeviceIdentity(DeviceKind.SCANNER, self.adapter, known.get("vendor", "unknown"), known.get("model", "WS-BD sensor"),
                                  known.get("serial", self.device_id), result.value("firmware") or "unknown", "wsbd-1")  # fmt: skip
        simulated = result.value("simulated").casefold() == "true"
        reason = "source-simulated" if simulated else "" if ppi is not None and ppi >= LEAST_PPI else PROFILE_PPI
        self._row = DeviceInfo(self.device_id, self.kind, identity, Source.SIMULATED if simulated else Source.DEVICE, enrolment_grade=not reason,
                               grade_reason=reason, details={"bits": "8", "ppi": str(ppi or "?")})  # fmt: skip

    @property
    def capabilities(self) -> Capabilities:
        """What the service said it can take; everything WS-BD knows until it was asked."""
        return self._able

    def _describe(self) -> DeviceInfo:
        if not self._is_open:
            with self._border():
                self.learn()
        assert self._row is not None
        return self._row

    def _open(self, deadline_s: float) -> None:
        with self._border():
            self.learn(deadline_s)
            self._session.begin(deadline_s, self._cancelled)

    def _close(self) -> None:
        self._session.abort()
        self._session.end()

    def _wake(self) -> None:
        self._session.abort()

    def _preview(self) -> Iterator[Frame]:
        raise UnsupportedCommandError(
            "This sensor has no live picture; take the picture and look at it.", device_id=self.device_id
        )

    def _capture(self, request: CaptureRequest) -> RawCapture:
        able = self._able
        if request.modality != "finger" or request.position not in able.positions or request.impression not in able.impressions:
            raise UnsupportedCommandError("This sensor cannot take that; nothing was captured. Choose another scanner or finger.",
                                          device_id=self.device_id, position=int(request.position))  # fmt: skip
        with self._border():
            self._session.configure({"submodality": self._words[request.position]}, stop=self._cancelled)
            ids = self._session.capture(request.deadline_s, self._cancelled)
            if len(ids) != 1:
                raise DeviceProtocolError(
                    "The sensor made another number of captures than one; nothing was used.", code="wsbd-count"
                )
            result = self._session.download(ids[0], self._download_s, self._cancelled)
            word = result.value("submodality")
            if word and word.casefold() != SUBMODALITIES[request.position].casefold():
                raise DeviceProtocolError(
                    "The sensor gave another finger than was asked for; nothing was used.", code="wsbd-finger"
                )
            image = self._image(result, request.position)
        assert self._row is not None
        assert self._row.identity is not None
        details = {"capture_time": result.value("captureTime"), "content_type": result.value("contentType")}
        return RawCapture((image,), self._row.identity, self._row.source, details=details)

    def _image(self, result: Result, position: FingerPosition) -> CapturedImage:
        """Decode the sensor data; its size, resolution and coding must agree with the metadata.

        Raises:
            DeviceFormatError: ``wsbd-image``.
        """
        media = result.value("contentType").partition(";")[0].strip().casefold()
        try:
            pixels, file_ppi = _decode(result.sensor_data, media)
        except (FormatError, ImageError) as error:
            raise DeviceFormatError("The sensor's picture cannot be decoded; nothing was used.", code="wsbd-image") from error
        for name, side in (("width", pixels.shape[1]), ("height", pixels.shape[0])):
            stated = result.value(name)
            if stated and stated != str(side):
                raise DeviceFormatError(
                    "The sensor's picture has another size than it says; nothing was used.", code="wsbd-image"
                )
        values = [v for v in (self._density(result), file_ppi, self._able.ppi) if v is not None]
        if values and max(values) - min(values) > 0.02 * values[0]:
            raise DeviceFormatError("The sensor's picture and its description disagree about the resolution; nothing was used.",
                                    code="wsbd-image")  # fmt: skip
        return CapturedImage(pixels, 8, values[0] if values else None, media, result.sensor_data, position)

    @staticmethod
    def _density(result: Result) -> int | None:
        try:
            value = float(result.value("imageDensity"))
        except ValueError:
            return None
        return round(value) if 100 <= value <= 2000 else None

    @contextlib.contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except DeviceError as error:
            error.device_id = error.device_id or self.device_id
            if isinstance(error, DeviceUnpluggedError):
                self._is_open = False
            raise


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise DeviceError("The certificate for the sensor's TLS cannot be read; nothing was opened. Check the file.",
                          code="device-tls") from error  # fmt: skip


def _parameter(result: Result, key: str) -> tuple[str, ...]:
    for name, parameter in result.metadata.items():
        if name.casefold() == key.casefold():
            return parameter.allowed or ((parameter.value,) if parameter.value else ())
    return ()


def _decode(data: bytes, media: str) -> tuple[NDArray[np.uint8], int | None]:
    if media == "image/bmp":
        pixels, header = read_grey(data, MAX_PIXELS)
        if header.kind != "bmp":
            raise FormatError("The picture is no BMP.", code="record-image-coding")
        return pixels, header.ppi
    coding = _CODINGS.get(media)
    if coding is None:
        raise FormatError("The picture's media type is not read.", code="record-image-coding")
    if coding in (Coding.PNG, Coding.JPEG):
        header = read_header(data)
        return decode_grey(data, coding, header.width, header.height), header.ppi
    width, height = _size(data, coding)
    return decode_grey(data, coding, width, height), None


def _size(data: bytes, coding: Coding) -> tuple[int, int]:
    if coding is Coding.WSQ:
        at = data.find(b"\xff\xa2", 2, 65_536)
        return int.from_bytes(data[at + 8 : at + 10], "big"), int.from_bytes(data[at + 6 : at + 8], "big")
    from biometrics.formats.jpeg2000 import parse_header

    header = parse_header(data)
    return header.width, header.height
