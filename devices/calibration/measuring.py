"""From the captures of a plan to readings: which measure looks at which face. Each reading has one value per capture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from devices.calibration import tone
from devices.calibration.bars import geometry
from devices.calibration.frequency import contrast_transfer
from devices.calibration.model import Reading
from devices.calibration.plan import Plan
from devices.calibration.target import locate, scanner_target
from devices.calibration.tone import dead_pixels
from devices.contract import DeviceKind

Grey = npt.NDArray[np.uint8]
Corners = Sequence[Sequence[float]]
DIGITS: Final = 6
"""Readings are rounded to what a certificate writes, so that a verdict is judged on the number that stands there."""

__all__ = ["check_face", "dead_pixels", "measure"]


def measure(
    plan: Plan, ppi: int | None, pictures: Mapping[str, Sequence[Grey]], marks: Mapping[str, Corners]
) -> tuple[Reading, ...]:
    """Return every reading that the captures allow; a face without captures gives none.

    Args:
        plan: names faces, target and options.
        ppi: the device's nominal resolution (scanners).
        pictures: by face, HxW uint8 for scanners, HxWx3 BGR for cameras, corrections already applied.
        marks: by face, four corners (x, y) in pixels, clockwise from the top left.

    Raises:
        TargetNotFoundError: a face does not show what it should.
        ProfileError: no such target.
    """
    if plan.kind is DeviceKind.CAMERA:
        from devices.calibration.camera import measure_camera

        readings = measure_camera(plan, pictures, marks)
    else:
        readings = measure_scanner(plan, ppi or 500, pictures)
    return tuple(Reading(r.test, tuple(round(v, DIGITS) for v in r.values), r.unit, r.at) for r in readings if r.values and not any(map(math.isnan, r.values)))  # fmt: skip


def check_face(plan: Plan, face: str, ppi: int | None, picture: Grey) -> None:
    """Look whether a fresh picture shows the face at all, so that a crooked target is laid again now and not after everything else.

    Raises:
        TargetNotFoundError: it does not.
    """
    if face == "pattern":
        target = scanner_target(plan.target)
        geometry(picture, locate(picture, target, ppi or 500), target.ronchi, ppi or 500)
    elif plan.kind is DeviceKind.CAMERA:
        from devices.calibration.camera import check_camera_face

        check_camera_face(plan, face, picture)


def measure_scanner(plan: Plan, ppi: int, pictures: Mapping[str, Sequence[Grey]]) -> list[Reading]:
    """Return the readings of a scanner's faces."""
    options = plan.limits.options
    readings = _pattern(plan, ppi, pictures["pattern"], options["across_percentile"]) if pictures.get("pattern") else []
    light, dark = pictures.get("light", ()), pictures.get("dark", ())
    for name, field in (("light", light), ("dark", dark)):
        if field:
            readings += [
                Reading(f"adjacent-{name}", tuple(tone.adjacent(p, options["adjacent_percentile"]) for p in field), "grey"),
                Reading(f"pixel-{name}", tuple(tone.pixel_deviation(p, ppi, options["pixel_percentile"]) for p in field), "grey"),
                Reading(f"area-{name}", tuple(tone.area_difference(p, ppi) for p in field), "grey"),
            ]
    if light or dark:
        readings.append(Reading("noise", tuple(tone.noise_worst(p, ppi) for p in (*light, *dark)), "grey"))
        readings.append(Reading("dead-pixels", (float(len(dead_pixels(light, dark))),), "pixel"))
    if light and dark:
        readings.append(
            Reading(
                "snr",
                tuple(tone.signal_to_noise(a, b, ppi, options["snr_percentile"]) for a, b in zip(light, dark, strict=False)),
            )
        )
    if pictures.get("fingers"):
        for test, option in (("range-wide", "finger_share_wide"), ("range-narrow", "finger_share_narrow")):
            readings.append(Reading(test, (tone.share_with_range(pictures["fingers"], options[option]),), "share"))
    return readings


def _pattern(plan: Plan, ppi: int, pictures: Sequence[Grey], percentile: float) -> list[Reading]:
    target = scanner_target(plan.target)
    columns: dict[tuple[str, str, float | None], list[float]] = {}

    def note(test: str, unit: str, value: float, at: float | None = None) -> None:
        columns.setdefault((test, unit, at), []).append(value)

    for picture in pictures:
        found = geometry(picture, locate(picture, target, ppi), target.ronchi, ppi, percentile)
        for n, axis in enumerate(("x", "y")):
            note(f"ppi-{axis}", "ppi", found.ppi[n])
            note(f"across-short-{axis}", "in", found.across_short_in[n])
            note(f"across-long-{axis}", "X", found.across_long[n])
            note(f"along-{axis}", "in", found.along_in[n])
        note("linearity", "grey", tone.linearity(picture, found.affine, target))
        for (axis, cycles), (ctf, mtf) in contrast_transfer(picture, found.affine, target, min(found.ppi)).items():
            note(f"ctf-{axis}", "", ctf, cycles)
            note(f"mtf-{axis}", "", mtf, cycles)
    return [Reading(test, tuple(values), unit, at) for (test, unit, at), values in columns.items()]
