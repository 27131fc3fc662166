"""An IP camera as a `Camera`. One reader thread keeps the newest picture; a slow viewer misses pictures, never sees old ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.errors import ImageError
from biometrics.formats.raster import read_colour, read_header
from devices.contract import (
    Camera,
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    Frame,
    RawCapture,
    Source,
)
from devices.errors import DeviceError, DeviceFormatError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError
from devices.mjpeg.http import Address, Connection, connect, parse_address
from devices.mjpeg.multipart import MultipartParser, Part, boundary_of
from devices.worker import LatestSlot

STALL_S: Final = 5.0
"""A stream that brings no whole picture for so long is a fault (E28)."""
LIVE_PIXELS: Final = 1_000_000
"""Live pictures are decoded at half size above this: what is shown is smaller anyway, and it is four times cheaper."""
MAX_PIXELS: Final = 50_000_000
_SLICE_S: Final = 0.05


class MjpegCamera(Camera):
    """Frames are BGR. The picture of a capture is the camera's own JPEG, byte for byte, beside its decoded pixels."""

    adapter = "mjpeg"

    def __init__(self, url: str, device_id: str = "", *, user: str = "", password_file: str = "", simulated: bool = False,
                 stall_s: float = STALL_S) -> None:  # fmt: skip
        self._address: Address | None = None
        self._address_error: DeviceError | None = None
        try:
            self._address = parse_address(url)
        except DeviceError as error:
            self._address_error = error
        super().__init__(device_id or f"mjpeg:{self._address.name if self._address else '?'}")
        self._user, self._password_file = user, password_file
        self._source = Source.SIMULATED if simulated else Source.DEVICE
        self._stall_s = stall_s
        self._server = ""
        self._connection: Connection | None = None
        self._reader: threading.Thread | None = None
        self._slot: LatestSlot[Part] = LatestSlot()
        self._fault: DeviceError | None = None
        self.dropped = 0
        """Pictures of this stream that came damaged and were not shown."""

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the camera at ``url`` (``user`` and ``password_file`` where it asks; ``simulated=yes`` for our own simulator)."""
        url = str(settings.get("url", ""))
        if not url:
            raise DeviceNotFoundError("A stream camera needs its address (url=http://…); nothing was asked. Complete the setting.",
                                      device_id="mjpeg", code="mjpeg-address")  # fmt: skip
        return [cls(url, str(settings.get("id", "")), user=str(settings.get("user", "")), password_file=str(settings.get("password_file", "")),
                    simulated=str(settings.get("simulated", "")) == "yes")]  # fmt: skip

    @property
    def capabilities(self) -> Capabilities:
        """Frames in colour; exposure and focus belong to the camera's own web page."""
        return Capabilities(preview=True)

    def _identity(self) -> DeviceIdentity:
        address = self._address
        assert address is not None
        return DeviceIdentity(DeviceKind.CAMERA, self.adapter, "", "IP camera", address.name, "", "mjpeg")

    def _describe(self) -> DeviceInfo:
        if self._address_error is not None:
            raise self._address_error
        simulated = self._source is not Source.DEVICE
        return DeviceInfo(self.device_id, self.kind, self._identity(), self._source, not simulated, "source-simulated" if simulated else "",
                          details={"server": self._server, "dropped": str(self.dropped)})  # fmt: skip

    # --- opening and the reader thread ---------------------------------------------------------------------------------------

    def _open(self, deadline_s: float) -> None:
        if self._address is None:
            raise self._address_error or DeviceNotFoundError("The camera has no address.", code="mjpeg-address")
        connection = connect(self._address, deadline_s, self._user, self._password())
        try:
            parser = MultipartParser(boundary_of(connection.head.fields.get("content-type", "")))
        except DeviceError:
            connection.close()
            raise
        self._server = connection.head.fields.get("server", "")[:80]
        if self._server.startswith("simulated"):
            # Whatever the settings say: what a simulator sends is marked.
            self._source = Source.SIMULATED
        self._connection, self._slot, self._fault, self.dropped = connection, LatestSlot(), None, 0
        self._reader = threading.Thread(
            target=self._read, args=(connection, parser, self._slot), name=f"read-{self.device_id}", daemon=True
        )
        self._reader.start()

    def _password(self) -> str:
        if not self._password_file:
            return ""
        try:
            with Path(self._password_file).open("rb") as file:
                return file.read(1000).decode("utf-8").split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DeviceNotFoundError("The camera's password file cannot be read; nothing was asked. Check the setting.",
                                      device_id=self.device_id, code="camera-refused") from error  # fmt: skip

    def _read(self, connection: Connection, parser: MultipartParser, slot: LatestSlot[Part]) -> None:
        last = time.monotonic()
        try:
            while not parser.ended:
                parts = parser.feed(connection.read(_SLICE_S * 4))
                self.dropped = parser.dropped
                now = time.monotonic()
                if parts:
                    last = now
                    slot.put(parts[-1])
                elif now - last > self._stall_s:
                    raise DeviceTimeoutError(f"The camera sent no picture for {self._stall_s:g} s; what was saved is safe. Check its cable, press F5.",
                                             device_id=self.device_id, code="camera-silent")  # fmt: skip
            raise DeviceUnpluggedError("The camera ended its stream; what was saved is safe. It is asked again.",
                                       device_id=self.device_id, code="camera-gone")  # fmt: skip
        except DeviceError as error:
            self._fault = error
        finally:
            slot.close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        reader, self._reader = self._reader, None
        if connection is not None:
            connection.close()
        if reader is not None:
            reader.join(5)

    # --- pictures --------------------------------------------------------------------------------------------------------------

    def _next_part(self, version: int, deadline_s: float) -> tuple[int, Part]:
        """Wait for a part newer than `version`.

        Raises:
            DeviceError: the reader's own; DeviceTimeoutError at the deadline; DeviceCancelledError.
        """
        end = time.monotonic() + deadline_s
        while True:
            self._check_cancelled()
            version_now, part = self._slot.newer_than(version, _SLICE_S)
            if part is not None:
                return version_now, part
            if self._slot.closed:
                fault = self._fault or DeviceUnpluggedError("The camera's stream has ended.", code="camera-gone")
                self._close()
                self._is_open = False
                raise fault
            if time.monotonic() > end:
                raise DeviceTimeoutError("The camera sent no picture in time; nothing was taken. Check its cable, press F5.",
                                         device_id=self.device_id, code="camera-silent")  # fmt: skip

    def _preview(self) -> Iterator[Frame]:
        version, _ = self._slot.newer_than(-1, 0)
        while self._is_open:
            version, part = self._next_part(version, self._stall_s + 1)
            try:
                image = decode_live(part.jpeg)
            except DeviceFormatError:
                self.dropped += 1
                continue
            yield Frame(image, part.number, time.monotonic())

    def _capture(self, request: CaptureRequest) -> RawCapture:
        version, _ = self._slot.newer_than(-1, 0)
        end = time.monotonic() + request.deadline_s
        while True:
            # Only a picture that began after the request counts: the newest in the slot may be from before.
            version, part = self._next_part(version, max(0.0, end - time.monotonic()))
            try:
                pixels, _header = read_colour(part.jpeg, MAX_PIXELS)
            except ImageError:
                self.dropped += 1
                continue
            image = CapturedImage(pixels, 8, None, "image/jpeg", part.jpeg)
            return RawCapture((image,), self._identity(), self._source, details={"stream-number": str(part.number)})


def decode_live(jpeg: bytes) -> npt.NDArray[np.uint8]:
    """Decode one picture of a stream for showing (BGR), at half size when it is large.

    Raises:
        DeviceFormatError: no JPEG, damaged, or larger than any camera's.
    """
    try:
        header = read_header(jpeg)
    except ImageError as error:
        raise DeviceFormatError("A picture of the stream is damaged; it was not shown.", code="mjpeg-picture") from error
    pixels = header.width * header.height
    if header.kind != "jpeg" or pixels > MAX_PIXELS:
        raise DeviceFormatError("A picture of the stream is no JPEG of a sensible size; it was not shown.", code="mjpeg-picture")
    how = cv2.IMREAD_REDUCED_COLOR_2 if pixels > LIVE_PIXELS else cv2.IMREAD_COLOR
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        image = None
    if image is None:
        raise DeviceFormatError("A picture of the stream is damaged; it was not shown.", code="mjpeg-picture")
    return np.asarray(image, np.uint8)
