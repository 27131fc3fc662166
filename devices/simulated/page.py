"""A simulated document camera over a table: an invented paper lies there, at first perhaps dark, in a glare, half outside or out of focus.

Draws and spoils; imports nothing of what finds or judges a page. Everything is marked `simulated`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import (
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceKind,
    Frame,
    RawCapture,
    Source,
)
from devices.simulated.cable import CabledCamera, at_time
from devices.timing import Pacer

FRAME_S: Final = 1 / 25
FULL: Final = (3264, 2448)
"""Height and width of a full picture: 8 megapixels, mounted upright."""
LIVE: Final = (1088, 816)
PPI: Final = 255
"""The camera hangs at a fixed height, so its resolution on the table is known."""
SHEET: Final = (round(11.69 * PPI), round(8.27 * PPI))
Pixels = npt.NDArray[np.uint8]


class PageFault(StrEnum):
    """What is wrong with how the paper lies or is lit."""

    AWAY = "away"
    HALF_OUT = "half-out"
    DARK = "dark"
    GLARE = "glare"
    DEFOCUS = "defocus"
    SMALL = "small"
    TILTED = "tilted"  # not a flaw: the sheet lies askew and is seen from the side
    HAND = "hand"  # no paper: a hand lies there, one finger of it short


@dataclass(frozen=True, slots=True)
class Lying:
    """Which paper lies there (a seed) and what is wrong at first, each fault for so many seconds."""

    seed: int
    faults: tuple[tuple[PageFault, float], ...] = ()


class SimulatedDocumentCamera(CabledCamera):
    """816x1088 live frames, 2448x3264 full pictures (BGR)."""

    adapter = "simulated-documents"
    called = "document camera"

    def __init__(self, lying: Lying = Lying(1), device_id: str = "simulated-documents", pacer: Pacer | None = None) -> None:
        super().__init__(device_id, pacer)
        self._lying = lying
        self._small: dict[tuple[int, PageFault | None], Pixels] = {}
        self._full: tuple[tuple[int, PageFault | None], Pixels] | None = None
        self._began: float | None = None
        self._number = 0

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the one simulated document camera; `settings["seed"]` chooses the paper, `settings["fault"]` what ails it for good."""
        fault = str(settings.get("fault", ""))
        faults = ((PageFault(fault), 1e9),) if fault in set(PageFault) else ()
        return [cls(Lying(int(settings.get("seed", 1)), faults))]

    def lay(self, lying: Lying) -> None:
        """Another paper is laid there."""
        self._lying, self._began = lying, None
        self._small.clear()

    def _identity(self) -> DeviceIdentity:
        return DeviceIdentity(
            DeviceKind.CAMERA, self.adapter, "enrollment-station", "simulated document camera", "SIM-0003", "1", ""
        )

    def _open(self, deadline_s: float) -> None:
        super()._open(deadline_s)
        self._began = None

    def _close(self) -> None:
        self._small.clear()
        self._full = None

    def _fault_now(self) -> PageFault | None:
        if self._began is None:
            self._began = self._pacer.monotonic()
        return at_time(self._lying.faults, self._pacer.monotonic() - self._began, None)

    def _preview(self) -> Iterator[Frame]:
        while self._is_open:
            self._check_plugged()
            self._check_cancelled()
            self._number += 1
            yield Frame(self._live(self._fault_now()), self._number, self._pacer.monotonic())
            self._pacer.wait(FRAME_S, self._cancelled)

    def _live(self, fault: PageFault | None) -> Pixels:
        key = (self._lying.seed, fault)
        found = self._small.get(key)  # another paper may be laid there from another thread meanwhile
        if found is None:
            found = np.asarray(cv2.resize(self._whole(fault), LIVE[::-1], interpolation=cv2.INTER_AREA), np.uint8)
            self._small[key] = found
        return found

    def _whole(self, fault: PageFault | None) -> Pixels:
        """The full picture; the last one is kept until it is taken, since drawing it costs a fifth of a second."""
        key = (self._lying.seed, fault)
        kept = self._full
        if kept is None or kept[0] != key:
            kept = self._full = (key, render_page(*key))
        return kept[1]

    def _capture(self, request: CaptureRequest) -> RawCapture:
        _ = request
        self._check_plugged()
        self._pacer.wait(FRAME_S, self._cancelled)
        self._check_cancelled()
        self._number += 1
        image = CapturedImage(self._whole(self._fault_now()), 8, PPI)
        self._full = None
        return RawCapture((image,), self._identity(), Source.SIMULATED, details={"note": "synthetic"})


def render_page(seed: int, fault: PageFault | None = None) -> Pixels:
    """Return a full picture of the paper on the table (`FULL`, BGR uint8)."""
    rng = np.random.default_rng([seed, 77])
    table = np.array([62, 74, 88], np.float32) * float(rng.uniform(0.8, 1.1))
    picture = np.empty((*FULL, 3), np.uint8)
    picture[:] = table.astype(np.uint8)
    if fault is PageFault.HAND:
        _draw_hand(picture, rng)
    elif fault is not PageFault.AWAY:
        _lay(picture, _sheet(seed), fault, rng)
    if fault is PageFault.DEFOCUS:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 8.0), np.uint8)
    else:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)
    gain = 0.3 if fault is PageFault.DARK else 1.0
    # Light falls off across the table; the sensor's grain is one tile repeated: a full frame of noise would cost half a second.
    across = np.linspace(1.0, 0.86, FULL[1], dtype=np.float32)[None, :, None]
    grain = rng.normal(0, 2.2, (204, 204, 3)).astype(np.float32)
    lit = picture * (gain * across)
    tiles = lit.reshape(FULL[0] // 204, 204, FULL[1] // 204, 204, 3)
    tiles += grain[None, :, None]
    picture = np.clip(lit, 0, 255, out=lit).astype(np.uint8)
    if fault is PageFault.GLARE:
        centre = (round(FULL[1] * float(rng.uniform(0.4, 0.6))), round(FULL[0] * float(rng.uniform(0.35, 0.6))))
        spot = np.zeros(FULL, np.uint8)
        cv2.ellipse(spot, centre, (430, 260), 20, 0, 360, 255, -1)
        light = cv2.resize(cv2.GaussianBlur(cv2.resize(spot, None, fx=0.125, fy=0.125), (0, 0), 14), FULL[::-1])
        picture = np.asarray(cv2.add(picture, cv2.merge([light, light, light])), np.uint8)
    return picture


def _lay(picture: Pixels, sheet: Pixels, fault: PageFault | None, rng: np.random.Generator) -> None:
    """Put the sheet on the table, a little askew as a hand lays it."""
    high, wide = sheet.shape[:2]
    scale = 0.42 if fault is PageFault.SMALL else 1.0
    turn = np.radians(float(rng.uniform(-1.0, 1.0)) + (7.0 if fault is PageFault.TILTED else 0.0))
    scale *= 0.86 if fault is PageFault.TILTED else 1.0
    middle = np.array([FULL[1] / 2, FULL[0] / 2]) + rng.uniform(-12, 12, 2)
    if fault is PageFault.HALF_OUT:
        middle = middle + np.array([FULL[1] * 0.3, 0])
    corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]], np.float64) / 2 * scale
    if fault is PageFault.TILTED:
        corners *= np.array([[0.94, 1.0], [0.94, 1.0], [1.0, 1.0], [1.0, 1.0]])
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    there = corners @ spin.T + middle
    here = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(here, there.astype(np.float32))
    cv2.warpPerspective(sheet, matrix, FULL[::-1], dst=picture, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)


def _draw_hand(picture: Pixels, rng: np.random.Generator) -> None:
    """Draw a flat right hand from above, as a drawing and not as a photograph: palm, five fingers with nails, one of them a stump."""
    skin, line = (138, 172, 216), (92, 122, 168)
    x, y = FULL[1] / 2 + float(rng.uniform(-60, 60)), FULL[0] * 0.6
    short = int(rng.integers(1, 5))
    tips = ((-760, -420, 190), (-390, -1180, 165), (-60, -1340, 170), (270, -1220, 160), (600, -900, 135))
    roots = ((-420, 160), (-330, -330), (-60, -400), (200, -350), (420, -220))
    for number, ((tx, ty, wide), (rx, ry)) in enumerate(zip(tips, roots, strict=True)):
        reach = 0.35 if number == short else 1.0
        root = (round(x + rx), round(y + ry))
        tip = (round(x + rx + (tx - rx) * reach), round(y + ry + (ty - ry) * reach))
        cv2.line(picture, root, tip, line, wide + 14, cv2.LINE_AA)
        cv2.line(picture, root, tip, skin, wide, cv2.LINE_AA)
        if number != short:
            cv2.circle(picture, tip, round(wide * 0.3), (196, 205, 236), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (round(x), round(y + 160)), (560, 640), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.line(picture, (round(x), round(y + 600)), (round(x), FULL[0]), skin, 700, cv2.LINE_AA)
    for turn in (20, 60):
        cv2.ellipse(picture, (round(x - 60), round(y + 120)), (380, 300), turn, 190, 330, line, 10, cv2.LINE_AA)


@lru_cache(maxsize=1)
def _sheet(seed: int) -> Pixels:
    """Draw an invented paper: a heading, lines of text of 8 to 11 point, a red stamp, and SPECIMEN across."""
    rng = np.random.default_rng([seed, 78])
    high, wide = SHEET
    sheet = np.empty((high, wide, 3), np.uint8)
    sheet[:] = (222, 232, 235)
    point = PPI / 72

    def write(text: str, x: float, y: float, size_pt: float, colour: tuple[int, int, int] = (45, 40, 40), bold: int = 0) -> None:
        # A Hershey capital is 21 units high at scale 1; capitals are 0.7 of the type's size.
        scale = 0.7 * size_pt * point / 21
        cv2.putText(sheet, text, (round(x * wide), round(y * high)), cv2.FONT_HERSHEY_SIMPLEX, scale, colour,
                    max(1, round(0.09 * size_pt * point)) + bold, cv2.LINE_AA)  # fmt: skip

    write("DEMO", 0.2, 0.6, 120, (205, 216, 219), 4)
    write("MAU GIAY TO / SPECIMEN PAPER", 0.22, 0.09, 16, bold=2)
    write(f"SO {int(rng.integers(100, 999))}/{int(rng.integers(1980, 2020))} - VI DU", 0.36, 0.125, 11)
    for row in range(26):
        words = " ".join("".join(chr(97 + int(c)) for c in rng.integers(0, 26, int(n))) for n in rng.integers(2, 9, 9))
        write(words, 0.09, 0.19 + row * 0.025, 8 + (row % 4), bold=0)
    cv2.circle(sheet, (round(0.7 * wide), round(0.9 * high)), round(0.07 * wide), (40, 40, 200), 9, cv2.LINE_AA)
    write("VI DU", 0.655, 0.905, 14, (40, 40, 200), 2)
    return sheet
