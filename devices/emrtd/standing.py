"""What a chip's verdict means for the work: may its data be relied on, and must everybody stop?

One place decides it, from the findings themselves. What breaks and is not known to be the issuer's own trouble counts as altered:
a finding that is added later and forgotten here stops the card rather than letting it pass. The four words are this project's own,
over the outcomes of passive and chip authentication (ICAO Doc 9303-11 sections 5.1, 6.1, 6.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class CardStanding(StrEnum):
    """From best to worst; the value is stored in the journal."""

    VERIFIED = "verified"
    UNCHECKED = "unchecked"
    """Nothing contradicts, but no authority is known for the signer (E13): go on, marked."""
    DOUBTFUL = "doubtful"
    """The data fit their signature; a certificate or the chip's own proof does not hold up: go on, marked."""
    ALTERED = "altered"
    """The data are not those the issuer signed (E12): do not rely on this card."""
    CLONED = "cloned"
    """The data stand in a chip that is not the one they were issued in (E12)."""

    @property
    def stops(self) -> bool:
        """Whether nothing of this card may be relied on and a supervisor decides (E12)."""
        return self in {CardStanding.ALTERED, CardStanding.CLONED}


CLONE: Final = "chip-clone"
DOUBTS: Final = frozenset({
    "signer-expired", "signer-not-yet-valid", "signer-usage", "signer-critical-extension", "authority-expired", "authority-usage",
    "sod-algorithm", "com-format", "access-format", "chip-refused", "nothing-read",
})  # fmt: skip
"""Findings that break a verdict without saying that anybody altered the data."""
_CODES: Final = {"card-verified": CardStanding.VERIFIED, "card-verified-simulated": CardStanding.VERIFIED, "verified": CardStanding.VERIFIED,
                 "card-no-trust-anchor": CardStanding.UNCHECKED}  # fmt: skip


def standing_of(broken: Iterable[str], *, verified: bool) -> CardStanding:
    """Return the standing of a card.

    Args:
        broken: codes of the findings that break, without a prefix.
        verified: whether passive authentication reached a trusted authority.
    """
    codes = set(broken)
    if CLONE in codes:
        return CardStanding.CLONED
    if codes - DOUBTS:
        return CardStanding.ALTERED
    if codes:
        return CardStanding.DOUBTFUL
    return CardStanding.VERIFIED if verified else CardStanding.UNCHECKED


def standing_of_code(code: str) -> CardStanding:
    """Return the standing that a stored verdict's code alone tells (an older journal kept nothing else)."""
    return _CODES.get(code) or standing_of({code.removeprefix("card-")}, verified=False)
