"""What ISO/IEC 19794-2:2005 and INCITS 378-2004 share: a record of finger views with minutiae.

Directions are degrees anticlockwise from the x axis (as seen), pointing along the ridge of an ending and into the valley of a bifurcation; places are
pixels from the top left, on the ridge's fork and, for an ending, on the fork of the valley around it. The matcher's minutiae (`Template`)
lie on the phase vortex, about 0.35 ridge periods ahead of that place: the conversions here move them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError
from biometrics.positions import FingerPosition, Impression

if TYPE_CHECKING:
    from biometrics.fingerprint.minutiae.template import Template

MOST_BYTES: Final = 1_000_000
MOST_SIDE: Final = 0x3FFF
_AHEAD_PX: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class MinutiaeView:
    """One impression of one finger.

    Attributes:
        position, impression: as coded in the record (the impression may be a code this program has no name for).
        quality: 0..100 of the finger, as the record says.
        x, y: uint16 (n,), px.
        angle_deg: float32 (n,), degrees anticlockwise, 0 <= a < 360.
        kind: uint8 (n,), 1 ending, 2 bifurcation, 0 other.
        minutia_quality: uint8 (n,), 0 not stated, else 1..100.
        extended: the view's extended data, unread.
    """

    position: FingerPosition
    impression: int
    quality: int
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    angle_deg: NDArray[np.float32]
    kind: NDArray[np.uint8]
    minutia_quality: NDArray[np.uint8]
    extended: bytes = b""

    def __len__(self) -> int:
        return len(self.x)

    def template(self, width: int, height: int, ppi: float) -> Template:
        """Return the matcher's template of this view, at 500 ppi; it has no ridges, so comparison rests on minutiae alone."""
        from biometrics.fingerprint.minutiae import from_minutiae

        scale = 500 / ppi
        angle = np.radians(-self.angle_deg.astype(np.float64))
        x = self.x * scale + _AHEAD_PX * np.cos(angle)
        y = self.y * scale + _AHEAD_PX * np.sin(angle)
        quality = np.where(self.minutia_quality > 0, self.minutia_quality, 60) / 100
        return from_minutiae(np.stack([x, y, angle, quality], 1), self.kind, (round(width * scale), round(height * scale)))


@dataclass(frozen=True, slots=True, eq=False)
class MinutiaeRecord:
    """A record: picture size in px, resolution in px per cm, device code, and its views."""

    width: int
    height: int
    x_per_cm: int
    y_per_cm: int
    views: tuple[MinutiaeView, ...]
    equipment: int = 0

    @property
    def ppi_x(self) -> float:
        """Resolution in px per inch, 100..2000 or FormatError was raised at reading; 197 px/cm is 500 ppi."""
        return 500.0 if self.x_per_cm == 197 else self.x_per_cm * 2.54


def view_of(
    template: Template, position: FingerPosition, impression: Impression = Impression.LIVE_PLAIN, quality: int = 0
) -> MinutiaeView:
    """Return a template's minutiae as a view (at most 255, best first)."""
    n = min(len(template), 255)
    angle = template.angle[:n].astype(np.float64) * (2 * np.pi / 256)
    x = template.x[:n] + 0.5 - _AHEAD_PX * np.cos(angle)
    y = template.y[:n] + 0.5 - _AHEAD_PX * np.sin(angle)
    return MinutiaeView(
        position,
        int(impression),
        quality,
        np.clip(np.round(x), 0, template.width - 1).astype(np.uint16),
        np.clip(np.round(y), 0, template.height - 1).astype(np.uint16),
        np.mod(-np.degrees(angle), 360).astype(np.float32),
        template.kind[:n],
        np.clip(np.round(template.quality[:n] / 2.55), 1, 100).astype(np.uint8),
    )


def record_of(template: Template, position: FingerPosition, quality: int = 0) -> MinutiaeRecord:
    """Return a record with one plain live view of `template` (500 ppi)."""
    return MinutiaeRecord(template.width, template.height, 197, 197, (view_of(template, position, quality=quality),))


def check_size(width: int, height: int, x_per_cm: int, y_per_cm: int) -> None:
    """Raise FormatError unless a picture of this size and resolution can be a fingerprint."""
    if not (1 <= width <= MOST_SIDE and 1 <= height <= MOST_SIDE):
        raise FormatError(f"A picture of {width}x{height} px is outside 1..{MOST_SIDE}.", code="record-size")
    if not (39 <= x_per_cm <= 790 and 39 <= y_per_cm <= 790):
        raise FormatError("The record's resolution is outside 39..790 px per cm.", code="record-resolution")
    if max(width * 197 / x_per_cm, height * 197 / y_per_cm) > 4096:
        raise FormatError("The record's picture is larger than any fingerprint (4096 px at 500 ppi).", code="record-size")


def write_views(record: MinutiaeRecord, units_per_turn: int) -> bytes:
    """Return the views as both editions store them; they differ only in the unit of the angle."""
    check_size(record.width, record.height, record.x_per_cm, record.y_per_cm)
    if not 1 <= len(record.views) <= 176:
        raise FormatError(f"A record holds 1..176 views, not {len(record.views)}.", code="record-views")
    seen: dict[int, int] = {}
    parts: list[bytes] = []
    for view in record.views:
        n = len(view)
        if n > 255 or not 0 <= view.quality <= 100 or not 0 <= view.impression <= 15 or len(view.extended) > 0xFFFF:
            raise FormatError("A view has a count, quality, impression or extended data beyond its field.", code="record-view")
        number = seen.get(int(view.position), 0)
        seen[int(view.position)] = number + 1
        if number > 15:
            raise FormatError("A record holds at most 16 views of one finger.", code="record-views")
        if n and (int(view.x.max()) >= record.width or int(view.y.max()) >= record.height):
            raise FormatError("A minutia lies outside the record's picture.", code="record-minutia")
        rows = np.zeros((n, 3), ">u2")
        rows[:, 0] = view.kind.astype(np.uint16) << 14 | view.x
        rows[:, 1] = view.y
        unit = np.round(view.angle_deg.astype(np.float64) * (units_per_turn / 360)).astype(np.int64) % units_per_turn
        rows[:, 2] = unit << 8 | view.minutia_quality
        parts.append(bytes([int(view.position), number << 4 | view.impression, view.quality, n]))
        parts.append(rows.tobytes() + len(view.extended).to_bytes(2, "big") + view.extended)
    return b"".join(parts)


def read_views(data: bytes, start: int, header: dict[str, Any], units_per_turn: int) -> MinutiaeRecord:
    """Return the record whose views begin at `start`; `header` has width, height, x_per_cm, y_per_cm, views and equipment.

    Raises:
        FormatError: a count that runs past the end, a place outside the picture, a code that does not exist, bytes left over.
    """
    check_size(header["width"], header["height"], header["x_per_cm"], header["y_per_cm"])
    count = int(header["views"])
    if not 1 <= count <= 176:
        raise FormatError(f"The record announces {count} views; 1..176 are possible.", code="record-views")
    views: list[MinutiaeView] = []
    for _ in range(count):
        if start + 4 > len(data):
            raise FormatError("The record ends before its last view.", code="record-short")
        position, mixed, quality, n = data[start : start + 4]
        start += 4
        end = start + 6 * n
        if end + 2 > len(data):
            raise FormatError("A view announces more minutiae than the record holds.", code="record-short")
        if position > 10 or quality > 100:
            raise FormatError("A view's finger position or quality does not exist.", code="record-view")
        rows = np.frombuffer(data, ">u2", 3 * n, start).reshape(n, 3).astype(np.uint16)
        extended = int.from_bytes(data[end : end + 2], "big")
        if end + 2 + extended > len(data):
            raise FormatError("A view announces more extended data than the record holds.", code="record-short")
        x, y = (rows[:, 0] & 0x3FFF).astype(np.uint16), (rows[:, 1] & 0x3FFF).astype(np.uint16)
        kind = (rows[:, 0] >> 14).astype(np.uint8)
        unit, grade = rows[:, 2] >> 8, (rows[:, 2] & 0xFF).astype(np.uint8)
        if n and (int(x.max()) >= header["width"] or int(y.max()) >= header["height"]):
            raise FormatError("A minutia lies outside the record's picture.", code="record-minutia")
        if n and (int(kind.max()) > 2 or int(unit.max()) >= units_per_turn or int(grade.max()) > 100):
            raise FormatError("A minutia has a type, angle or quality that does not exist.", code="record-minutia")
        views.append(
            MinutiaeView(
                FingerPosition(position),
                mixed & 15,
                quality,
                x,
                y,
                (unit * np.float32(360 / units_per_turn)).astype(np.float32),
                kind,
                grade,
                data[end + 2 : end + 2 + extended],
            )
        )
        start = end + 2 + extended
    if start != len(data):
        raise FormatError("The record holds bytes after its last view.", code="record-long")
    return MinutiaeRecord(
        header["width"], header["height"], header["x_per_cm"], header["y_per_cm"], tuple(views), header["equipment"]
    )
