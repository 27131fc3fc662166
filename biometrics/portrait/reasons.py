"""What to tell the person: one code per instruction, in the order of usefulness (the words live in the catalogue)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from biometrics.reasons import Region


class Instruction(StrEnum):
    """Codes in the order of the live help: an earlier one hides all later ones. Left and right are the person's own."""

    NOBODY = "portrait-nobody"
    ONE_PERSON = "portrait-one-person"
    CLOSER = "portrait-closer"
    FURTHER = "portrait-further"
    MOVE_LEFT = "portrait-move-left"
    MOVE_RIGHT = "portrait-move-right"
    MOVE_UP = "portrait-move-up"
    MOVE_DOWN = "portrait-move-down"
    TURN_LEFT = "portrait-turn-left"
    TURN_RIGHT = "portrait-turn-right"
    CHIN_UP = "portrait-chin-up"
    CHIN_DOWN = "portrait-chin-down"
    LEVEL_LEFT = "portrait-level-left"
    LEVEL_RIGHT = "portrait-level-right"
    OPEN_EYES = "portrait-open-eyes"
    LOOK_HERE = "portrait-look-here"
    CLOSE_MOUTH = "portrait-close-mouth"
    REMOVE_GLASSES = "portrait-remove-glasses"
    GLARE = "portrait-glare"
    HAIR_LEFT_EAR = "portrait-hair-left-ear"
    HAIR_RIGHT_EAR = "portrait-hair-right-ear"
    HOLD_STILL = "portrait-hold-still"
    LESS_LIGHT = "portrait-less-light"
    MORE_LIGHT = "portrait-more-light"
    LAMP_LEFT = "portrait-lamp-left"
    LAMP_RIGHT = "portrait-lamp-right"
    COLOUR = "portrait-colour"
    BACKGROUND_PLAIN = "portrait-background-plain"
    BACKGROUND_SHADOW = "portrait-background-shadow"
    BACKGROUND_COLOUR = "portrait-background-colour"
    FILE = "portrait-file"


PRIORITY: dict[Instruction, int] = {code: rank for rank, code in enumerate(Instruction)}


@dataclass(frozen=True, slots=True)
class PortraitReason:
    """One thing to change: what to say, which rule asked, how far off (1 = at the limit's edge), and where."""

    instruction: Instruction
    rule: str
    excess: float
    region: Region | None = None
