"""The plan of a calibration: which faces of which target are captured how often, and which limits are asked.

A *face* is what lies under the sensor or stands before the lens during one series of captures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol, runtime_checkable

from biometrics.positions import SINGLE_FINGERS, FingerPosition, Impression
from devices.calibration.limits import LimitTable, limit_table
from devices.calibration.model import MIN_CAPTURES
from devices.contract import CaptureRequest, DeviceKind
from devices.errors import ProfileError


@dataclass(frozen=True, slots=True)
class Face:
    """One series: `id` has words under ``calibration.face.<id>``; `marked`: the technician marks its four corners on the picture."""

    id: str
    captures: int = MIN_CAPTURES
    marked: bool = False
    optional: bool = False
    """May be skipped: its rows then say "not measured"."""

    def request(self, number: int) -> CaptureRequest:
        """Return what is asked of the device for capture `number` (from 0)."""
        if self.id == "fingers":
            return CaptureRequest(SINGLE_FINGERS[number % 10], Impression.LIVE_PLAIN)
        return CaptureRequest(FingerPosition.UNKNOWN, modality="face" if self.id in CAMERA_FACES else "finger")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done for one class of device, in order."""

    id: str
    kind: DeviceKind
    target: str
    """Name of the target's data file (``devices/calibration/data/target-<name>.toml``)."""
    faces: tuple[Face, ...]
    limits: LimitTable

    def face(self, face_id: str) -> Face:
        """Return one face; KeyError when this plan has none of that name."""
        return {f.id: f for f in self.faces}[face_id]


CAMERA_FACES: Final = ("edges", "white", "colour", "board")
_OPTICAL: Final = (Face("pattern"), Face("light"), Face("dark"), Face("fingers", 5))
_PLANS: Final[dict[str, Plan]] = {
    "tenprint": Plan("tenprint", DeviceKind.SCANNER, "scanner-80", _OPTICAL, limit_table("ebts-f-500")),
    "single": Plan("single", DeviceKind.SCANNER, "scanner-20", _OPTICAL, limit_table("piv-071006")),
    "module": Plan("module", DeviceKind.SCANNER, "", (Face("light"), Face("dark", optional=True), Face("fingers", 5, optional=True)),
                   limit_table("module-known-answer")),
    "camera": Plan("camera", DeviceKind.CAMERA, "camera-a4",
                   (Face("edges"), Face("white"), Face("colour", marked=True), Face("board", 12)), limit_table("camera-site")),
}  # fmt: skip
PLAN_NAMES: Final = tuple(_PLANS)


def plan_named(name: str, *, limits: str = "", captures: int = 0) -> Plan:
    """Return a plan, with another table of limits or more captures where asked.

    Raises:
        ProfileError: no such plan or table, a table for another kind of device, or fewer captures than prove anything.
    """
    if name not in _PLANS:
        raise ProfileError(f"No calibration plan is called '{name}'; there are: {', '.join(_PLANS)}. Nothing was measured.",
                           code="calibration-plan")  # fmt: skip
    plan = _PLANS[name]
    if limits:
        table = limit_table(limits)
        if table.kind != plan.kind:
            raise ProfileError(f"The limits '{limits}' are for a {table.kind}; nothing was measured.", code="calibration-limits")
        plan = replace(plan, limits=table)
    if captures:
        if not MIN_CAPTURES <= captures <= 20:
            raise ProfileError(f"A calibration takes {MIN_CAPTURES} to 20 captures of each face; nothing was measured.",
                               code="calibration-captures")  # fmt: skip
        plan = replace(plan, faces=tuple(replace(f, captures=max(captures, f.captures)) for f in plan.faces))
    return plan


def plan_for(kind: DeviceKind, ppi: int | None = None, *, slaps: bool = True) -> Plan:
    """Return the plan that fits a device of this kind: cameras one, ten-print scanners (`slaps`) and single-finger scanners their own.

    Raises:
        ProfileError: nothing can be calibrated on this kind of device.
    """
    if kind is DeviceKind.CAMERA:
        return _PLANS["camera"]
    if kind is not DeviceKind.SCANNER:
        raise ProfileError(f"A {kind} has nothing to calibrate; `station devices selftest` checks it.", code="calibration-kind")
    plan = _PLANS["tenprint" if slaps else "single"]
    return replace(plan, limits=limit_table("ebts-f-1000")) if ppi == 1000 else plan


@runtime_checkable
class TargetStage(Protocol):
    """A simulated device on which a target can be laid: the plan's name of target and face, the number of the capture to come."""

    def lay_target(self, target: str, face: str, number: int) -> None:
        """Put that face on the platen or before the lens; an empty name clears it."""


@runtime_checkable
class MarkedStage(Protocol):
    """A simulated device that knows where the corners of its chart are: the simulated technician marks them."""

    def target_corners(
        self, face: str
    ) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]:
        """Return (x, y) of the chart's corners in pixels, clockwise from the top left."""
