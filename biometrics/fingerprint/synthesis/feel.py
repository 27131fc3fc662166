"""How each kind of sensor feels skin: the part of its nature that decides where a ridge leaves a trace, before grey values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from biometrics.fingerprint.synthesis.settings import Sensor


@dataclass(frozen=True, slots=True)
class Feel:
    """How a sensor feels skin.

    Attributes:
        level: shift of the height that leaves a trace; below 0 ridges come out broad.
        broad, middle: factors on the blots of about 56 px and 20 px.
        rough: factor on the skin's fine noise.
        spots: share of pixels that show specks of sweat around and between ridges.
        shatter: how much of the pad, in patches, comes out as crumbs instead of ridges.
        sharp: factor on the softness of ridge edges.
        moist: how much of the skin's moisture it feels.
    """

    level: float = 0.0
    broad: float = 1.0
    middle: float = 1.0
    rough: float = 1.0
    spots: float = 0.0
    shatter: float = 0.0
    sharp: float = 1.0
    moist: float = 1.0


FEELS: Final = {
    Sensor.OPTICAL: Feel(),
    Sensor.INK: Feel(),
    # Conducts through sweat: wherever that is uneven the print breaks into blots and specks.
    Sensor.CAPACITIVE: Feel(level=-0.10, broad=1.3, middle=2.5, rough=1.0, spots=0.055, shatter=0.29, sharp=0.7, moist=0.7),
    # Warmth reaches the glass beside the crest too: broad ridges, thin valleys, almost two tones.
    Sensor.THERMAL: Feel(level=-0.36, middle=1.2, rough=0.9, shatter=0.20, sharp=0.9, moist=0.45),
}
