"""What happens at one touch, stated as physics: the settings of an impression. Nothing here knows how quality is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from biometrics.fingerprint.synthesis.master import MasterFinger


class ImpressionKind(StrEnum):
    """How the finger touches: pressed flat, rolled from nail to nail, or with its tip only."""

    PLAIN = "plain"
    ROLLED = "rolled"
    TIP = "tip"


class Sensor(StrEnum):
    """What makes the picture."""

    OPTICAL = "optical"
    CAPACITIVE = "capacitive"
    THERMAL = "thermal"
    INK = "ink"


class ContactSide(StrEnum):
    """Which part of the pad touches when the contact is partial."""

    WHOLE = "whole"
    LEFT = "left"
    RIGHT = "right"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class ImpressionSettings:
    """The physics of one touch. The defaults are a good, centred, clean plain print on an optical scanner.

    Lengths are px at 500 ppi, whatever `ppi` the picture has.

    Attributes:
        kind: plain, rolled or tip.
        pressure: -1 (barely touching: small contact, thin light ridges) … 1 (pressed hard: wide contact, ridges run together).
        moisture: -1 (dry: broken, speckled ridges) … 1 (wet: filled valleys, blots).
        rotation_deg: turn of the finger, clockwise as seen.
        shift_px: (right, down) place of the finger's centre relative to the picture's centre.
        distortion: size of the plastic distortion of the skin; 0 none, 1 usual, 3 strong twist and pull.
        noise: strength of the sensor's and the skin's fine noise; 1 usual, 0 none.
        ppi: resolution of the picture.
        sensor: what makes the picture.
        bits: grey levels of the picture, 8 or 4 (stored stretched to 0..255).
        worn: 0 … 1 ridges flattened by work, in patches, beyond what the finger's age does.
        scar: 0 … 1 a fresh cut across the pad; 0 none.
        smear_px: length of a movement during the capture.
        smear_deg: its direction, clockwise from right.
        contact_side, contact_share: the part of the pad that touches, and how much of it (1 all … 0.2 a strip).
        dirt: 0 … 1 specks and hairs on the platen.
        latent: another finger whose grease was left on the platen, None for a clean one.
        latent_strength: 0 … 1 how strong that print shows.
        halo: 0 … 1 a grey film of moisture around the finger.
        incipient: 0 … 1 thin extra ridges in the valleys.
    """

    kind: ImpressionKind = ImpressionKind.PLAIN
    pressure: float = 0.0
    moisture: float = 0.0
    rotation_deg: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    distortion: float = 1.0
    noise: float = 1.0
    ppi: int = 500
    sensor: Sensor = Sensor.OPTICAL
    bits: int = 8
    worn: float = 0.0
    scar: float = 0.0
    smear_px: float = 0.0
    smear_deg: float = 0.0
    contact_side: ContactSide = ContactSide.WHOLE
    contact_share: float = 1.0
    dirt: float = 0.0
    latent: MasterFinger | None = None
    latent_strength: float = 0.6
    halo: float = 0.0
    incipient: float = 0.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("pressure", -1.0, 1.0),
            ("moisture", -1.0, 1.0),
            ("rotation_deg", -360.0, 360.0),
            ("distortion", 0.0, 6.0),
            ("noise", 0.0, 6.0),
            ("ppi", 100, 2000),
            ("worn", 0.0, 1.0),
            ("scar", 0.0, 1.0),
            ("smear_px", 0.0, 80.0),
            ("contact_share", 0.1, 1.0),
            ("dirt", 0.0, 1.0),
            ("latent_strength", 0.0, 1.0),
            ("halo", 0.0, 1.0),
            ("incipient", 0.0, 1.0),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}: it must lie in {low} … {high}")
        if self.bits not in (4, 8):
            raise ValueError(f"bits is {self.bits}: it must be 4 or 8")

    @property
    def dry(self) -> float:
        """0 … 1."""
        return max(-self.moisture, 0.0)

    @property
    def wet(self) -> float:
        """0 … 1."""
        return max(self.moisture, 0.0)

    @classmethod
    def natural(cls, rng: np.random.Generator, *, spread: float = 1.0, **fixed: Any) -> ImpressionSettings:
        """Draw the variation met in ordinary captures.

        Args:
            rng: where the numbers come from (always the same count of numbers, whatever is fixed).
            spread: 1 ordinary, 0 none, 0.4 a careful operator.
            **fixed: settings that are not drawn, e.g. ``kind=ImpressionKind.ROLLED``.
        """
        limit = 0.95
        drawn = cls(
            pressure=float(np.clip(rng.normal(0, 0.45) * spread, -limit, limit)),
            moisture=float(np.clip(rng.normal(0, 0.55) * spread, -limit, limit)),
            rotation_deg=float(rng.normal(0, 6) * spread),
            shift_px=(float(rng.normal(0, 13) * spread), float(rng.normal(0, 13) * spread)),
            distortion=float(np.clip(rng.lognormal(0, 0.25 * spread), 0.2, 3)),
            worn=float(np.clip(rng.normal(-0.25, 0.3), 0, 1) * spread),
        )
        return replace(drawn, **fixed)
