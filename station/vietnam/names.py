"""Vietnamese names: the legal spelling is kept letter by letter, comparison works on keys beside it.

Three keys, from strict to loose (notes on Viet Nam, 3.4):

1. *exact*: NFC, capitals, single spaces. Equal here = the same spelling.
2. *tone-folded*: each syllable's tone mark is taken off its vowel and noted beside the syllable, so that HOÀ and HÒA, which are
   different code points and both occur in registers, become equal, while HOA and HÒA stay different.
3. *plain*: no marks at all, Đ as D. What the machine-readable zone carries and what a clerk without a Vietnamese keyboard types.

Nothing here rewrites a stored name; tone position is never "corrected".
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Final

from station.errors import InputError

TONES: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
"""Combining grave, hook above, tilde, acute, dot below: huyền, hỏi, ngã, sắc, nặng."""

# Letters that look like Đ and come from other alphabets (Eth, African D), and Đ itself, which does not decompose.
_D_STROKE: Final = str.maketrans({"\u0110": "D", "\u0111": "d", "\u00d0": "D", "\u00f0": "d", "\u0189": "D", "\u0256": "d"})
_LOOKALIKE: Final = str.maketrans({"\u00d0": "\u0110", "\u0189": "\u0110", "\u00f0": "\u0111", "\u0256": "\u0111"})
_SPACES: Final = re.compile(r"\s+")
MAX_NAME_CHARACTERS: Final = 100


class NameMatch(Enum):
    """How two spellings of one name relate; the value is the code of the words shown."""

    SAME = "name-same"
    TONE_PLACED = "name-tone-placed"
    MARKS_DIFFER = "name-marks-differ"
    LETTERS_DIFFER = "name-letters-differ"


def legal_name(text: str) -> str:
    """Return `text` as a field stores it on commit: NFC, capitals, single spaces; letters and tone places untouched."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().upper()


def check_name(text: str) -> str:
    """Return the legal form of a full name.

    Raises:
        InputError: empty, one letter, longer than 100, or holding anything but letters, spaces, apostrophes, hyphens and dots.
    """
    name = legal_name(text)
    if not 2 <= len(name) <= MAX_NAME_CHARACTERS:
        raise InputError("A full name has 2 to 100 letters; nothing was stored. Type it as on the birth certificate.",
                         code="name-length")  # fmt: skip
    if any(not (c.isalpha() or unicodedata.combining(c) or c in " '’-.") for c in name):
        raise InputError("A name holds only letters; nothing was stored. Remove digits and signs.", code="name-letters")
    return name


@lru_cache(maxsize=4096)
def exact_key(name: str) -> str:
    """Key 1. Look-alikes of Đ count as Đ: the eye cannot tell them apart, so a register must not."""
    return legal_name(name).translate(_LOOKALIKE)


@lru_cache(maxsize=4096)
def tone_folded_key(name: str) -> str:
    """Key 2: per syllable its letters with quality marks (Â, Ê, Ơ, Đ), then the tone as a digit (0 = level)."""
    syllables = []
    for syllable in unicodedata.normalize("NFD", exact_key(name)).split(" "):
        tone = "0"
        letters = []
        for character in syllable:
            if character in TONES:
                tone = TONES[character]
            else:
                letters.append(character)
        syllables.append(unicodedata.normalize("NFC", "".join(letters)) + tone)
    return " ".join(syllables)


@lru_cache(maxsize=4096)
def plain_key(name: str) -> str:
    """Key 3: A to Z, spaces and other signs only; Đ becomes D before the marks fall, since it does not decompose."""
    text = unicodedata.normalize("NFD", legal_name(name).translate(_D_STROKE))
    return "".join(c for c in text if not unicodedata.combining(c))


def compare_names(one: str, other: str) -> NameMatch:
    """Return how two spellings relate, by the strictest key on which they agree."""
    if exact_key(one) == exact_key(other):
        return NameMatch.SAME
    if tone_folded_key(one) == tone_folded_key(other):
        return NameMatch.TONE_PLACED
    if plain_key(one) == plain_key(other):
        return NameMatch.MARKS_DIFFER
    return NameMatch.LETTERS_DIFFER


def differing_spans(one: str, other: str) -> tuple[tuple[int, int], ...]:
    """Return [start, end) spans of `other` that differ from `one`, for the letter-level view of screen S2."""
    import difflib

    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return tuple((j1, j2) for tag, _, _, j1, j2 in matcher.get_opcodes() if tag != "equal")


def split_name(name: str) -> tuple[str, str]:
    """Return (family name, middle and given names): the first word, and the rest (empty for a one-word name)."""
    family, _, rest = legal_name(name).partition(" ")
    return family, rest
