"""S14: the campaign board's place."""

from __future__ import annotations

from ui.screens.places import LaterScreen


class CampaignScreen(LaterScreen):
    """Will we finish in time, and what do I move?"""

    name = "campaign"
    empty = "ui.later.none"
