"""Packs a site may bring for the portrait: known by sha256, with their licence; nothing else is run.

The hashes are the ones the owners publish (pointers of opencv_zoo). Weights for research only (ArcFace and its kin) are left out
on purpose. OFIQ's own pack publishes no hash and is not known here yet.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from biometrics.errors import ModelError
from biometrics.portrait.compare import SFACE_SHA256

MAX_PACK_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Pack:
    """A file a site may import: short id, name, what it is for, its owner's licence statement, sha256 and size in bytes."""

    id: str
    name: str
    use: str
    licence: str
    sha256: str
    size: int


SFACE: Final = Pack(
    "sface",
    "SFace 2021dec (opencv_zoo)",
    "same person: live face against the chip's picture",
    "Apache-2.0, opencv_zoo; trained on public web pictures: hint for the officer, never a gate",
    SFACE_SHA256,
    38_696_353,
)

KNOWN: Final[tuple[Pack, ...]] = (SFACE,)


def identify(data: bytes, known: tuple[Pack, ...] = KNOWN) -> Pack:
    """Return the pack that `data` is.

    Raises:
        ModelError: no known pack has this sha256 (code `model-unknown`); the message names the sha256 found.
    """
    digest = hashlib.sha256(data).hexdigest()
    for pack in known:
        if pack.sha256 == digest:
            return pack
    names = ", ".join(p.name for p in known)
    raise ModelError(
        f"This is no pack the portrait knows (sha256 {digest}); nothing was imported. Known: {names}.", code="model-unknown"
    )
