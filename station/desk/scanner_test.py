"""Is a barcode scanner set up well? Two printed codes and what arrives of them (ui rules, section 3).

The first is one of our own: digits with a check digit. The second has what Vietnamese typing tools change: Telex writes ``â`` for ``aa`` and
``đ`` for ``dd``, VNI writes ``á`` for ``a1``. A scanner in COM (serial) mode is touched by neither, so that is what is advised.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from station.dossier.numbers import CodeKind, make_code
from station.views.base import Words

DIGITS: Final = make_code(CodeKind.TEST, "0123456789")
LETTERS: Final = "aaddoow12e6"
"""Every typing tool of Viet Nam changes something here."""
CODES: Final = (DIGITS, LETTERS)
SHOWN: Final = 40
"""So much of what arrived is repeated on the screen."""
_MODULE: Final = 3
_QUIET: Final = 10 * _MODULE


class Arrived(StrEnum):
    """What became of a test code on its way."""

    GOOD = "good"
    TELEX = "telex"
    LAYOUT = "layout"
    CAPITALS = "capitals"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScannerTest:
    """What arrived, letter by letter as it came, and what that means."""

    arrived: Arrived
    text: str

    @property
    def words(self) -> Words:
        """What is said of it."""
        return Words(f"scanner-test.{self.arrived}")

    @property
    def next_step(self) -> Words:
        """What to do now."""
        return Words("scanner-test.ready" if self.arrived is Arrived.GOOD else "scanner-test.com")


def judge_scan(text: str) -> ScannerTest:
    """Judge what arrived after one of the two test codes was scanned; any text has an answer."""
    text = text.strip()
    shown = "".join(c for c in text if c.isprintable())[:SHOWN]
    if text in (DIGITS, LETTERS):
        return ScannerTest(Arrived.GOOD, shown)
    if any(unicodedata.decomposition(c) or c in "đĐ" for c in text if c.isalpha()):
        return ScannerTest(Arrived.TELEX, shown)
    if text.lower() in (DIGITS, LETTERS):
        return ScannerTest(Arrived.CAPITALS, shown)
    if len(text) in (len(DIGITS), len(LETTERS)) and sum(a != b for a, b in zip(text, _same_length(text), strict=True)) > 2:
        return ScannerTest(Arrived.LAYOUT, shown)
    return ScannerTest(Arrived.OTHER, shown)


def _same_length(text: str) -> str:
    return DIGITS if len(text) == len(DIGITS) else LETTERS


def code_picture(text: str, height: int = 96) -> npt.NDArray[np.uint8]:
    """Return `text` as Code 128 (ISO/IEC 15417), black on white with its quiet zones: uint8, (height, width)."""
    from reportlab.graphics.barcode.code128 import Code128

    bars = Code128(text, quiet=False)
    for step in (bars.validate, bars.encode, bars.decompose):
        step()
    quiet = np.full(_QUIET, 255, np.uint8)
    elements = (
        np.full(_MODULE * (ord(e.lower()) - ord("a") + 1), 0 if e.isupper() else 255, np.uint8) for e in str(bars.decomposed)
    )
    return np.ascontiguousarray(np.tile(np.concatenate([quiet, *elements, quiet]), (height, 1)))


def code_pictures() -> tuple[npt.NDArray[np.uint8], ...]:
    """Return both codes for the screen."""
    return tuple(code_picture(text) for text in CODES)


def code_page() -> npt.NDArray[np.uint8]:
    """Return both codes on one page to print: uint8, (height, width)."""
    pictures = [code_picture(t, 160) for t in CODES]
    page = np.full((900, 120 + max(p.shape[1] for p in pictures)), 255, np.uint8)
    for top, picture in zip((80, 480), pictures, strict=True):
        page[top : top + picture.shape[0], 60 : 60 + picture.shape[1]] = picture
    return page
