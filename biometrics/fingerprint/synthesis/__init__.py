"""Synthetic fingerprints whose truth is known: persons, fingers, impressions, slaps and live pictures.

No print of a real person may be shipped, so everything that needs prints (tests, training, benchmarks, the simulated
scanner, the demo) takes them from here. A finger is grown from a seed; its minutiae are known from the phase of its ridges;
impressions state what happened at the touch as physics (pressure, moisture, movement …), never in words of quality.
Equal arguments give equal bytes on one build of NumPy and OpenCV.

    person = Person.from_seed(7)
    finger = person.finger(FingerPosition.RIGHT_INDEX)              # grown now, kept
    print_ = impression(finger, ImpressionSettings(moisture=-0.6), seed=1)
    print_.image, print_.truth.x, print_.truth.iso_direction

Public names: Person, FingerSpec, MasterFinger, PatternClass, grow_finger, finger_spec, ImpressionSettings, ImpressionKind,
Sensor, ContactSide, impression, SyntheticPrint, TrueMinutiae, ENDING, BIFURCATION,
slap, SyntheticSlap, SlapFinger, OrientedBox, LiveScene, LiveFrame, Roll.

May import NumPy, OpenCV, `biometrics.positions`; nothing of extraction, matching, segmentation or quality, so that what plants a
fault never shares code with what detects it.
"""

from biometrics.fingerprint.synthesis.impression import SyntheticPrint, impression
from biometrics.fingerprint.synthesis.live import LiveFrame, LiveScene, Roll
from biometrics.fingerprint.synthesis.master import (
    PLAIN_SIZE,
    ROLLED_SIZE,
    FingerSpec,
    MasterFinger,
    Person,
    finger_spec,
    grow_finger,
    grow_master,
)
from biometrics.fingerprint.synthesis.pattern import PatternClass
from biometrics.fingerprint.synthesis.settings import ContactSide, ImpressionKind, ImpressionSettings, Sensor
from biometrics.fingerprint.synthesis.slap import SLAP_SHAPE, OrientedBox, SlapFinger, SyntheticSlap, slap
from biometrics.fingerprint.synthesis.truth import BIFURCATION, ENDING, TrueMinutiae

__all__ = [
    "BIFURCATION",
    "ENDING",
    "PLAIN_SIZE",
    "ROLLED_SIZE",
    "SLAP_SHAPE",
    "ContactSide",
    "FingerSpec",
    "ImpressionKind",
    "ImpressionSettings",
    "LiveFrame",
    "LiveScene",
    "MasterFinger",
    "OrientedBox",
    "PatternClass",
    "Person",
    "Roll",
    "Sensor",
    "SlapFinger",
    "SyntheticPrint",
    "SyntheticSlap",
    "TrueMinutiae",
    "finger_spec",
    "grow_finger",
    "grow_master",
    "impression",
    "slap",
]
