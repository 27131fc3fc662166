"""Design tokens: the palette of both themes, type steps, spaces and sizes. Contrast is computed by a test over this file.

Source: the interface rules, section 2. Overlay lines on biometric images always use the light theme's colours.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class State(StrEnum):
    """The six states. Each has a colour pair, an icon shape, a border style and a word; never colour alone."""

    IDLE = "idle"
    LIVE = "live"
    GOOD = "good"
    RETRY = "retry"
    BLOCKED = "blocked"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Pair:
    """Foreground on its own ground."""

    colour: str
    ground: str


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one theme."""

    bg: str
    surface: str
    surface2: str
    text: str
    text2: str
    border: str
    control: str
    accent: str
    on_accent: str
    accent_soft: str
    bar: str
    on_bar: str
    on_bar2: str
    mat: str
    states: dict[State, Pair]


LIGHT = Palette(
    bg="#EDF0F3", surface="#FFFFFF", surface2="#F5F7F9", text="#15202B", text2="#465364", border="#CFD6DE", control="#738092",
    accent="#0B5A66", on_accent="#FFFFFF", accent_soft="#DCEDEF", bar="#10303A", on_bar="#FFFFFF", on_bar2="#BFD0D6", mat="#E8E8E8",
    states={
        State.IDLE: Pair("#465364", "#E4E9EE"), State.LIVE: Pair("#1A53BD", "#E1EBFC"), State.GOOD: Pair("#10653A", "#DDF1E5"),
        State.RETRY: Pair("#854600", "#FCEBCB"), State.BLOCKED: Pair("#AC1D18", "#FBE3E1"), State.EXCEPTION: Pair("#65309F", "#EEE5F9"),
    },
)  # fmt: skip

DARK = Palette(
    bg="#0E151B", surface="#17212A", surface2="#1E2A35", text="#E9EFF5", text2="#AAB8C6", border="#33424F", control="#74879A",
    accent="#56C7D3", on_accent="#04262B", accent_soft="#12363D", bar="#0A1116", on_bar="#FFFFFF", on_bar2="#A9BBC6", mat="#E8E8E8",
    states={
        State.IDLE: Pair("#AAB8C6", "#25323E"), State.LIVE: Pair("#8DBAFF", "#15305C"), State.GOOD: Pair("#72D99D", "#113A25"),
        State.RETRY: Pair("#FFC670", "#41300D"), State.BLOCKED: Pair("#FFA19A", "#4A1A19"), State.EXCEPTION: Pair("#CFABFF", "#33214F"),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Type steps and target sizes in px, at the desk and in home-visit mode."""

    caption: int
    body: int
    strong: int
    title: int
    number: int
    hero: int
    button: int
    row: int
    radius: int

    def zoomed(self, percent: int) -> Scale:
        """Return this scale at 100 to 175 percent. What is large already (titles, figures) grows to at most `LARGEST`: it is read from afar
        as it is, and what has to be read closely needs the room."""
        grown = {f.name: round(getattr(self, f.name) * percent / 100) for f in fields(self)}
        return Scale(**{name: max(getattr(self, name), min(size, LARGEST.get(name, size))) for name, size in grown.items()})

    def at_most(self, other: Scale) -> Scale:
        """Return the smaller of both, step by step."""
        return Scale(**{f.name: min(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)})

    def at_least(self, other: Scale) -> Scale:
        """Return the larger of both, step by step."""
        return Scale(**{f.name: max(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)})


LARGEST = {"title": 30, "number": 36, "hero": 44, "radius": 10}
ZOOM = (100, 175)
"""Smallest and largest zoom in percent (WCAG 2.2, 1.4.4 asks that text may grow without loss; ui rules, section 14)."""
ZOOM_STEP = 25
DESK = Scale(caption=12, body=14, strong=16, title=20, number=28, hero=34, button=46, row=38, radius=6)
HOME_VISIT = Scale(caption=17, body=20, strong=22, title=30, number=30, hero=40, button=84, row=72, radius=10)

SPACE = (4, 8, 12, 16, 24)
TOP_BAR = 44
DOSSIER_STRIP = 64
ACTION_BAR = 64
RAIL = 84
SMALLEST_WINDOW = (1280, 720)
FONT_FAMILIES = ("Noto Sans", "DejaVu Sans")


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two ``#RRGGBB`` colours (1..21)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
