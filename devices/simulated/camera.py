"""A simulated camera: a procedural face in a room. A sitting may begin with faults that the applicant then corrects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with
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
from devices.simulated.camera_targets import CAMERA_FLAWS, CameraOptics, Corners, chart_corners, render_camera
from devices.simulated.targets import flaw_named
from devices.timing import Pacer

FRAME_S = 1 / 30
PICTURES = 4
"""A sitting breathes: so many slightly different pictures of each state are drawn once and shown in turn."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who sits there (a seed) and what is wrong at first, each fault for so many seconds."""

    seed: int
    faults: tuple[tuple[Fault, float], ...] = ()


class SimulatedCamera(CabledCamera):
    """1280x720 BGR frames of the sitting. Everything is marked `simulated`."""

    adapter = "simulated-camera"

    def __init__(
        self,
        sitting: Sitting = Sitting(1),
        device_id: str = "simulated-camera",
        pacer: Pacer | None = None,
        optics: CameraOptics | None = None,
    ) -> None:
        super().__init__(device_id, pacer)
        self._optics = optics or CameraOptics()
        self._laid: tuple[str, str, int] | None = None
        self._laid_times = 0
        self._sitting = sitting
        self._drawn: dict[tuple[int, Fault | None, int], npt.NDArray[np.uint8]] = {}
        self._began: float | None = None
        self._played: tuple[float, tuple[tuple[Fault | None, float], ...]] = (0.0, ())
        self._number = 0

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the one simulated camera; `settings["seed"]` chooses the face, `settings["flaw"]` what ails its optics."""
        optics = CameraOptics(**flaw_named(str(settings.get("flaw", "none")), CAMERA_FLAWS))
        return [cls(Sitting(int(settings.get("seed", 1))), optics=optics)]

    def lay_target(self, target: str, face: str, number: int) -> None:
        """Set a calibration target before the lens instead of a person; an empty name takes it away."""
        self._laid = (target, face, number) if target else None
        self._laid_times += 1
        self._drawn.clear()

    def target_corners(self, face: str) -> Corners:
        """Return where the chart's corners are in the picture: the simulated technician marks them."""
        _ = face
        return chart_corners(self._laid[0] if self._laid else "camera-a4", self._optics)

    def call(self, sitting: Sitting) -> None:
        """Another person sits down."""
        self._sitting, self._began, self._played = sitting, None, (0.0, ())
        self._drawn.clear()

    def play(self, moves: Sequence[tuple[Fault | None, float]]) -> None:
        """From now on the person does this, each for so many seconds (None: sits straight), then sits as before. Any thread."""
        self._played = (self._pacer.monotonic(), tuple(moves))

    def _identity(self) -> DeviceIdentity:
        return DeviceIdentity(
            DeviceKind.CAMERA, self.adapter, "enrollment-station", "simulated camera", "SIM-0002", "1", "simulated-camera"
        )

    def _close(self) -> None:
        self._began = None

    def _fault_now(self) -> Fault | None:
        if self._began is None:
            self._began = self._pacer.monotonic()
        now = self._pacer.monotonic()
        since, moves = self._played
        return at_time(moves, now - since, at_time(self._sitting.faults, now - self._began, None))

    def _picture(self, fault: Fault | None, turn: int) -> npt.NDArray[np.uint8]:
        key = (self._sitting.seed, fault, 0 if self._laid is not None else turn)
        if self._laid is not None and key not in self._drawn:
            self._drawn[key] = render_camera(self._laid[0], self._laid[1], self._optics, self._laid[2], self._laid_times)
        if key not in self._drawn:
            rng = np.random.default_rng([self._sitting.seed, turn])
            base = FaceSettings()
            sway = replace(base, eye_x=base.eye_x + float(rng.normal(0, 0.0006)), eye_y=base.eye_y + float(rng.normal(0, 0.0006)),
                           roll=float(rng.normal(0, 0.15)), yaw=float(rng.normal(0, 0.2)))  # fmt: skip
            self._drawn[key] = render_face(self._sitting.seed, settings_with(fault, sway)).image
        return self._drawn[key]

    def _preview(self) -> Iterator[Frame]:
        while self._is_open:
            self._check_plugged()
            self._check_cancelled()
            self._number += 1
            image = self._picture(self._fault_now(), (self._number // 8) % PICTURES)
            yield Frame(image, self._number, self._pacer.monotonic())
            self._pacer.wait(FRAME_S, self._cancelled)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        _ = request
        self._check_plugged()
        self._pacer.wait(
            FRAME_S, self._cancelled
        )  # a full picture is a moment of its own: somebody who blinks is open again in the next
        self._check_cancelled()
        self._number += 1
        image = CapturedImage(self._picture(self._fault_now(), (self._number // 8) % PICTURES), 8, None)
        return RawCapture((image,), self._identity(), Source.SIMULATED, details={"note": "synthetic"})
