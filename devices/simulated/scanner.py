"""A simulated ten-print scanner: a synthetic person puts fingers on a platen that sees pressure, moisture and movement.

Everything it makes is marked `simulated`; a production intake refuses it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from biometrics.fingerprint.synthesis import ImpressionKind, ImpressionSettings, LiveScene, Person, Roll, impression, slap
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition, Impression
from devices.contract import (
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    RawCapture,
    Source,
)
from devices.simulated.targets import FLAWS, ScannerOptics, flaw_named, render_scanner
from devices.staged import FRAME_S, StagedScanner, reduced
from devices.timing import Pacer

PPI = 500
SLAP_LIVE_PPI = 250
FINGER_LIVE_PPI = 250
PATIENCE_S = 3.0
"""So long a finger rests before its owner heeds the screen; without that a dry, light touch would rest there for ever."""
HEEDED = {"pressure": 0.15, "moisture": 0.15}
"""Where "press harder", "press less", "breathe on it", "dry it" lead; each time half the way."""


PLATENS: Mapping[str, Mapping[str, Any]] = {
    "clean": {"soil": (0.0, 0)}, "dusty": {"soil": (0.8, 0)}, "greasy": {"soil": (0.0, 90_001)}
}  # fmt: skip
"""What may lie on the glass before anybody touches it: share of dust, and whose index finger left its grease (0: nobody's)."""
ROLLS: Mapping[str, Mapping[str, Roll | None]] = {
    "at-once": {"roll": None}, "good": {"roll": Roll()}, "fast": {"roll": Roll(seconds=0.15)}, "short": {"roll": Roll(share=0.1)},
    "slipped": {"roll": Roll(slip_mm=1.8)},
}  # fmt: skip
"""How a finger may be rolled."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who stands before the scanner and how they behave.

    `light_s` is how long a finger rests too lightly before it presses properly (what makes "press harder" appear and go);
    `spread` how much their touches vary (0.4 a careful operator's guidance); `amputated` fingers never come.
    """

    seed: int
    light_s: float = 0.0
    spread: float = 0.4
    apart: float = 1.0
    """Distance of the fingers of a slap: 1 usual, about 0.8 and less pressed together."""
    amputated: tuple[FingerPosition, ...] = ()
    habits: Mapping[str, Any] = field(default_factory=dict)
    """Further fixed `ImpressionSettings`, for example ``{"moisture": -0.8}`` for a dry skin."""
    roll: Roll | None = None
    """How they roll a finger; None: the live picture shows the finished roll at once."""
    instead: Mapping[tuple[FingerPosition, Impression], tuple[int, FingerPosition]] = field(default_factory=dict)
    """What they lay down in the place of what is asked: (seed of the person, finger or hand), for example the other hand."""


class SimulatedScanner(StagedScanner):
    """Plain, rolled and slap captures at 500 ppi, 8 bit, of the applicant who was called to it."""

    adapter = "simulated-scanner"

    def __init__(
        self,
        applicant: Applicant = Applicant(1),
        device_id: str = "simulated-scanner",
        pacer: Pacer | None = None,
        optics: ScannerOptics | None = None,
    ) -> None:
        super().__init__(device_id, pacer)
        self._optics = optics or ScannerOptics()
        self._laid: tuple[str, str, int] | None = None
        self._laid_times = 0
        self._laid_small: npt.NDArray[np.uint8] | None = None
        self._applicant = applicant
        self._person = Person.from_seed(applicant.seed)
        self._touch = 0
        self._settings = ImpressionSettings()
        self._soil: tuple[float, int] = (0.0, 0)
        self._bare: dict[tuple[int, int], LiveScene] = {}
        self._scene_now: LiveScene | None = None
        self._scene_light: LiveScene | None = None
        self._ppi = FINGER_LIVE_PPI
        self._heeds_at_s = PATIENCE_S
        self._heeded = 0
        self._growing = False
        self._grower: threading.Thread | None = None
        # Growing a finger and drawing a slap each need some 100 MB for a moment: one at a time, and no finger is grown twice.
        self._skin = threading.Lock()
        self._nobody_waits = threading.Event()
        self._nobody_waits.set()

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the one simulated scanner; `settings["seed"]` chooses the applicant, `settings["flaw"]` what ails its optics, `settings["platen"]`
        what lies on its glass (clean, dusty, greasy), `settings["roll"]` how fingers are rolled (at-once, good, fast, short, slipped)."""
        optics = ScannerOptics(**flaw_named(str(settings.get("flaw", "none")), FLAWS))
        roll = flaw_named(str(settings.get("roll", "at-once")), ROLLS)["roll"]
        made = cls(Applicant(int(settings.get("seed", 1)), roll=roll), optics=optics)
        dirt, latent_of = flaw_named(str(settings.get("platen", "clean")), PLATENS)["soil"]
        made.soil(dirt, latent_of)
        return [made]

    def lay_target(self, target: str, face: str, number: int) -> None:
        """Lay a calibration target (or a uniform field) on the glass instead of fingers; an empty face or ``fingers`` clears it."""
        self._laid = (target or "scanner-20", face, number) if face not in ("", "fingers") else None
        self._laid_small = None
        self._laid_times += 1  # no two exposures have the same noise

    def soil(self, dirt: float = 0.8, latent_of: int = 0) -> None:
        """Fault switch: dust on the glass (0 … 1) and, where `latent_of` is the seed of a person, the grease of their index finger."""
        with self._at_once():
            self._soil, self._bare = (dirt, latent_of), {}

    def clean(self) -> None:
        """The officer wipes the glass."""
        self.soil(0.0)

    def _soiled(self, settings: ImpressionSettings) -> ImpressionSettings:
        dirt, latent_of = self._soil
        if not dirt and not latent_of:
            return settings
        other = Person.from_seed(latent_of).finger(FingerPosition.RIGHT_INDEX) if latent_of else None
        return replace(settings, dirt=dirt, latent=other)

    def _target_picture(self, laid: tuple[str, str, int]) -> npt.NDArray[np.uint8]:
        target, face, number = laid
        optics = self._optics if target.endswith("-80") else replace(self._optics, shape=(400, 320), offset_mm=(0.1, 0.1))
        return render_scanner(target, face, optics, seed=100_003 * self._laid_times + 1000 * len(face) + number)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        if self._laid is None:
            return super()._capture(request)
        self._check_plugged()
        self._check_cancelled()
        image = CapturedImage(self._target_picture(self._laid), 8, PPI)
        return RawCapture((image,), self.identity(), Source.SIMULATED, details={"note": "synthetic"})

    def call(self, applicant: Applicant) -> None:
        """Another person steps up. Not during a capture."""
        self._stop_growing()
        self._applicant, self._person, self._touch = applicant, Person.from_seed(applicant.seed), 0
        self.lift()

    def warm_up(self, fingers: Sequence[FingerPosition] = tuple(SINGLE_FINGERS)) -> None:
        """Grow these fingers in the background (a quarter of a second each), so that no picture waits for them."""
        self._stop_growing()
        self._growing = True
        self._grower = threading.Thread(
            target=self._grow, args=(self._person, tuple(fingers)), name=f"grow-{self.device_id}", daemon=True
        )
        self._grower.start()

    def _grow(self, person: Person, fingers: tuple[FingerPosition, ...]) -> None:
        for position in fingers:
            if not self._growing:
                return
            self._nobody_waits.wait()  # a picture that is wanted now goes before fingers that are wanted later
            with self._skin:
                person.finger(position)

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        """Hold the skin for a picture, after the one finger that is growing at most."""
        self._nobody_waits.clear()
        try:
            with self._skin:
                yield
        finally:
            self._nobody_waits.set()

    def _stop_growing(self) -> None:
        self._growing = False
        if self._grower is not None:
            self._grower.join()
            self._grower = None

    def _close(self) -> None:
        self._stop_growing()
        super()._close()

    @property
    def capabilities(self) -> Capabilities:
        """Everything a FAP 60 scanner does."""
        return Capabilities(preview=True, positions=frozenset(p for p in FingerPosition if p != FingerPosition.UNKNOWN),
                            impressions=frozenset({Impression.LIVE_PLAIN, Impression.LIVE_ROLLED}), ppi=PPI, finger_detection=True)  # fmt: skip

    def identity(self) -> DeviceIdentity:
        """Say plainly that this is no device."""
        return DeviceIdentity(
            DeviceKind.SCANNER, self.adapter, "enrollment-station", "simulated ten-print", "SIM-0001", "1", "simulated-tenprint"
        )

    def _describe(self) -> DeviceInfo:
        return DeviceInfo(
            self.device_id, self.kind, self.identity(), Source.SIMULATED, enrolment_grade=False, grade_reason="source-simulated"
        )

    def _missing(self, request: CaptureRequest) -> tuple[FingerPosition, ...]:
        return tuple(dict.fromkeys((*request.missing, *self._applicant.amputated)))

    def _stage(self, request: CaptureRequest) -> None:
        self._touch += 1
        rng = np.random.default_rng([self._applicant.seed, int(request.position), int(request.impression), self._touch])
        kind = ImpressionKind.ROLLED if request.impression == Impression.LIVE_ROLLED else ImpressionKind.PLAIN
        drawn = ImpressionSettings.natural(rng, spread=self._applicant.spread, kind=kind)
        self._settings = self._soiled(replace(drawn, **self._applicant.habits))
        self._heeds_at_s, self._heeded = self._applicant.light_s + PATIENCE_S, 0
        light = replace(self._settings, pressure=-0.85)
        with self._at_once():
            self._scene_now = self._new_scene(request, self._settings)
            self._scene_light = self._new_scene(request, light) if self._applicant.light_s > 0 else None

    def _laid_down(self, request: CaptureRequest) -> tuple[Person, FingerPosition]:
        """Return whose fingers come, and which: those asked for, unless this applicant lays down others."""
        other = self._applicant.instead.get((request.position, request.impression))
        return (self._person, request.position) if other is None else (Person.from_seed(other[0]), other[1])

    def _new_scene(self, request: CaptureRequest, settings: ImpressionSettings) -> LiveScene | None:
        person, position = self._laid_down(request)
        if position in SLAP_FINGERS:
            self._ppi = SLAP_LIVE_PPI
            missing = self._missing(request)
            if not set(SLAP_FINGERS[position]) - set(missing):
                return None
            apart = self._applicant.apart
            return LiveScene.of_slap(
                person, position, settings, self._touch, missing=missing, ppi=self._ppi, spread=apart, land_s=0.05
            )
        self._ppi = FINGER_LIVE_PPI
        if position in self._missing(request):
            return None
        rolled = settings.kind is ImpressionKind.ROLLED
        shape, roll = ((400, 375), self._applicant.roll) if rolled else ((240, 240), None)
        return LiveScene.of_finger(
            person.finger(position), settings, self._touch, ppi=self._ppi, shape=shape, land_s=0.05, roll=roll
        )

    def _scene(self, request: CaptureRequest, moment: int) -> npt.NDArray[np.uint8]:
        _ = request
        at_s = moment * FRAME_S
        if at_s >= self._heeds_at_s:
            self._heeds_at_s = at_s + PATIENCE_S
            self._heed(request)
        scene = self._scene_now
        if self._scene_light is not None and at_s < self._applicant.light_s:
            scene = self._scene_light
        return scene.frame(at_s).image if scene is not None else self._empty()

    def _heed(self, request: CaptureRequest) -> None:
        """Rest there a little better: firmer or lighter, moister or drier, except for what this applicant cannot help. Every second
        time the hand is lifted and laid down anew: who did not see the glass empty the first time would wait for that for ever."""
        now = self._settings
        better = {name: (getattr(now, name) + good) / 2 for name, good in HEEDED.items() if name not in self._applicant.habits}
        self._settings = replace(now, **better)
        self._heeded += 1
        with self._at_once():
            self._scene_now = self._new_scene(request, self._settings)
        if self._heeded % 2 == 0:
            self._scene_light, self._heeds_at_s = None, PATIENCE_S
            self.lay_anew()

    def _empty(self) -> npt.NDArray[np.uint8]:
        if self._laid is not None:
            if self._laid_small is None:
                self._laid_small = reduced(self._target_picture(self._laid), PPI)[0]
            return self._laid_small
        request = self._request
        shape = (750, 800) if request is not None and request.position in SLAP_FINGERS else (400, 375)
        if not any(self._soil):
            return np.full(shape, 252, np.uint8)
        if shape not in self._bare:
            with self._at_once():
                self._bare[shape] = LiveScene.of_platen(self._soiled(ImpressionSettings()), ppi=self._ppi, shape=shape)
        return self._bare[shape].frame(self._shown * FRAME_S).image

    def _preview_ppi(self) -> int:
        return self._ppi

    def _take(self, request: CaptureRequest, moment: int) -> RawCapture:
        settings = self._settings
        if self._scene_light is not None and moment * FRAME_S < self._applicant.light_s:
            settings = replace(settings, pressure=-0.85)
        with self._at_once():
            pixels = self._draw(request, settings)
        image = CapturedImage(pixels, 8, PPI, position=request.position)
        return RawCapture((image,), self.identity(), Source.SIMULATED, details={"note": "synthetic"})

    def _draw(self, request: CaptureRequest, settings: ImpressionSettings) -> npt.NDArray[np.uint8]:
        person, position = self._laid_down(request)
        if position in SLAP_FINGERS:
            missing = self._missing(request)
            return slap(person, position, settings, self._touch, missing=missing, spread=self._applicant.apart).image
        if position in self._missing(request):
            return np.full((750, 800), 252, np.uint8)
        return impression(person.finger(position), settings, self._touch).image
