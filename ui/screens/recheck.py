"""S15: the re-check's place."""

from __future__ import annotations

from ui.screens.places import LaterScreen


class RecheckScreen(LaterScreen):
    """Is this record true?"""

    name = "recheck"
    empty = "ui.later.no-sample"
