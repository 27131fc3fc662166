"""S5, the portrait's rules beside the picture: what holds, what does not, what is not known, and where the lines lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

from biometrics.portrait import Point, PortraitQuality
from biometrics.portrait import Verdict as RuleVerdict
from station.views.base import Tone, Words

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("one-person", ("one-person",)), ("distance", ("distance-far", "distance-near")), ("centre", ("centre-x", "centre-above", "centre-below")),
    ("pose", ("yaw", "pitch")), ("level", ("roll",)), ("eyes", ("eyes-open", "gaze")), ("mouth", ("mouth-closed",)),
    ("glasses", ("glasses",)), ("sharp", ("sharp",)), ("light", ("light-mean", "light-burnt", "light-sides", "tone-depth", "natural-colour")),
    ("background", ("background-shadow", "background-plain", "background-white", "background-light")),
)  # fmt: skip
"""Rules as a clerk reads them: a line each, the worst of its rules decides."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line: name of the group, its tone, the measured value and its limit, what to do when it is broken."""

    name: str
    tone: Tone
    value: str
    action: Words | None


@dataclass(frozen=True, slots=True)
class LampLine:
    """How bright one thing is: ``left`` and ``right`` cheek against the brighter one, ``background`` in L* (0 to 100)."""

    name: str
    percent: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class Place:
    """Something to be marked on the picture: ``right-ear``, ``left-ear`` (the person's own) or ``shadow``; its box in px of the frame:
    left, top, right, bottom (infinite: to the picture's edge)."""

    name: str
    tone: Tone
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PortraitView:
    """The rules, how many hold of those known, the face's lines (y of crown, eyes, chin) and box, the officer's boxes."""

    lines: tuple[RuleLine, ...]
    held: int
    known: int
    marks: tuple[tuple[str, float], ...]
    box: tuple[float, float, float, float] | None
    ticks: tuple[str, ...]
    tier: int
    approximate: bool
    lamps: tuple[LampLine, ...] = ()
    places: tuple[Place, ...] = ()
    """Both ears where they were looked at, and the side of the wall that has a shadow."""


def portrait_view(quality: PortraitQuality | None) -> PortraitView:
    """Return the rules of the newest analysed picture; without one every line is open."""
    results = {r.rule.id: r for r in quality.rules} if quality is not None else {}
    lines = []
    for name, ids in GROUPS:
        found = [results[i] for i in ids if i in results]
        broken = next((r for r in found if r.verdict is RuleVerdict.BROKEN), None)
        held = [r for r in found if r.verdict is RuleVerdict.HOLDS]
        tone = Tone.RETRY if broken is not None else Tone.GOOD if held else Tone.IDLE
        shown = broken or (held[0] if held else None)
        value = (
            ""
            if shown is None or math.isnan(shown.value)
            else _number(shown.value, shown.rule.minimum, shown.rule.maximum, shown.rule.unit)
        )
        action = Words(str(broken.instruction)) if broken is not None and broken.instruction is not None else None
        lines.append(RuleLine(name, tone, value, action))
    known = [line for line in lines if line.tone is not Tone.IDLE]
    ticks = quality.ticks if quality is not None else ()
    return PortraitView(tuple(lines), sum(line.tone is Tone.GOOD for line in known), len(known), _marks(quality), _box(quality), ticks,
                        int(quality.tier) if quality is not None else 0, True, _lamps(quality), _places(quality))  # fmt: skip


def backdrop_wrong(quality: PortraitQuality | None) -> bool:
    """Whether the newest judged picture breaks a rule of the wall behind the person (something on it, a shadow, its colour)."""
    return quality is not None and any(
        r.verdict is RuleVerdict.BROKEN for r in quality.rules if r.rule.id.startswith("background")
    )


def _lamps(quality: PortraitQuality | None) -> tuple[LampLine, ...]:
    """The light on both cheeks and on the wall. A face lit from one side only needs the other lamp. Left and right are the person's own,
    as in the words of the rules: the picture's left is their right."""
    if quality is None:
        return ()
    verdicts = {r.rule.id: r.verdict for r in quality.rules}
    balance = quality.measures.get("side_balance", math.nan)
    wall = quality.measures.get("background_lightness", math.nan)
    lines = []
    if not math.isnan(balance):
        darker = round(100 * (1 - min(1.0, abs(balance))))
        broken = verdicts.get("light-sides") is RuleVerdict.BROKEN
        for name, dark in (("left", balance > 0), ("right", balance < 0)):
            lines.append(LampLine(name, darker if dark else 100, Tone.RETRY if dark and broken else Tone.GOOD))
    if not math.isnan(wall):
        bad = any(v is RuleVerdict.BROKEN for i, v in verdicts.items() if i.startswith("background"))
        lines.append(LampLine("background", round(min(100.0, max(0.0, wall))), Tone.RETRY if bad else Tone.GOOD))
    return tuple(lines)


def _places(quality: PortraitQuality | None) -> tuple[Place, ...]:
    """The ears are looked for beside the cheeks' edges, as `biometrics.portrait.accessories` does; the shadow from the face outwards."""
    if quality is None or quality.face is None or quality.shape is None:
        return ()
    face, unit = quality.face, quality.shape.eye_distance_px
    verdicts = {r.rule.id: r.verdict for r in quality.rules}
    eyes, chin = quality.shape.eye_middle, float(quality.face.at(Point.CHIN)[1]) if face.has(Point.CHIN) else math.inf
    out = []
    for name, edge, way in (("right-ear", Point.RIGHT_CHEEK_EDGE, -1.0), ("left-ear", Point.LEFT_CHEEK_EDGE, 1.0)):
        verdict = verdicts.get(name)
        if verdict in {RuleVerdict.HOLDS, RuleVerdict.BROKEN} and face.has(edge):
            x = float(face.at(edge)[0])
            left, right = sorted((x - way * 0.1 * unit, x + way * 0.36 * unit))
            tone = Tone.GOOD if verdict is RuleVerdict.HOLDS else Tone.RETRY
            out.append(Place(name, tone, (left, float(eyes[1]) - 0.3 * unit, right, float(eyes[1]) + 0.75 * unit)))
    side = quality.measures.get("background_side", math.nan)
    if verdicts.get("background-shadow") is RuleVerdict.BROKEN and not math.isnan(side):
        near = float(eyes[0]) + math.copysign(1.35 * unit, side)
        across = (near, math.inf) if side > 0 else (-math.inf, near)
        out.append(Place("shadow", Tone.RETRY, (across[0], -math.inf, across[1], chin)))
    return tuple(out)


def _number(value: float, low: float, high: float, unit: str = "") -> str:
    if unit.startswith("share"):  # people read per cent
        value, low, high = 100 * value, 100 * low, 100 * high
    mark = "°" if unit == "degree" else " px" if unit == "px" else " %" if unit.startswith("share") else ""

    def said(number: float) -> str:
        return f"{number:.2f}".rstrip("0").rstrip(".").replace(".", ",") if abs(number) < 10 else f"{number:.0f}"

    if math.isinf(low):
        limit = f"≤ {said(high)}"
    elif math.isinf(high):
        limit = f"≥ {said(low)}"
    else:
        limit = f"{said(low)}…{said(high)}"
    return f"{said(value)}{mark} ({limit})"


def _marks(quality: PortraitQuality | None) -> tuple[tuple[str, float], ...]:
    if quality is None or quality.face is None or quality.shape is None:
        return ()
    eyes = quality.shape.eye_middle[1]
    out = [("eyes", eyes)]
    if quality.face.has(Point.CHIN):
        chin = float(quality.face.at(Point.CHIN)[1])
        out.append(("chin", chin))
        head = quality.shape.head_height_px
        if not math.isnan(head):
            out.insert(0, ("crown", chin - head))
    return tuple(out)


def _box(quality: PortraitQuality | None) -> tuple[float, float, float, float] | None:
    if quality is None or not quality.faces:
        return None
    face = quality.faces[0]
    return (float(face.x), float(face.y), float(face.width), float(face.height))
