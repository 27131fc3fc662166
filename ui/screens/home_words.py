"""What S17 says of its rows, its kit and its person: plain words made of view state, apart from the screen that places them."""

from __future__ import annotations

from station.dossier.procedure import CaptureStep, Modality
from station.views.home import HomeRow
from ui.texts import Texts, format_date
from ui.theme.tokens import State
from ui.widgets.rows import Row


def row_of(texts: Texts, row: HomeRow) -> Row:
    """Return one home of the list: who, how old and how far, what was agreed or how far the work is."""
    facts = [texts("ui.visit.age", age=row.age)] if row.age is not None else []
    if row.km is not None:
        near = row.km < 1
        facts.append(
            texts("ui.visit.m", m=round(row.km * 1000)) if near else texts("ui.visit.km", km=f"{row.km:.1f}".replace(".", ","))
        )
    lines = tuple(t for t in (" · ".join((*facts, row.address)).strip(" ·"),) if t)
    name = row.name.upper() or row.number
    if row.done:
        return Row(name, lines, State.GOOD, texts("ui.visit.done"))
    if row.since is not None:
        words = texts("ui.visit.since", date=format_date(row.since.isoformat()), done=row.taken, all=row.captures)
        return Row(name, lines, State.RETRY, words)
    if row.dossier:
        return Row(name, lines, State.LIVE, texts("ui.visit.begun", done=row.taken, all=row.captures))
    if row.revisit is not None:
        return Row(name, lines, State.RETRY, texts("ui.visit.revisit", date=format_date(row.revisit.isoformat())))
    return Row(name, lines, State.IDLE)


def battery_of(texts: Texts, share: float | None, minutes: float | None) -> str:
    """Return the battery as time left, or that the kit is on mains."""
    if share is None:
        return texts("ui.visit.mains")
    if minutes is None:
        return texts("ui.visit.battery-short", percent=round(100 * share))
    hours, rest = divmod(int(minutes), 60)
    return texts("ui.visit.battery", percent=round(100 * share), hours=hours, minutes=f"{rest:02d}")


def short_step(texts: Texts, step: CaptureStep) -> str:
    """Return a capture in the few letters that its stop on the strip has room for."""
    if not step.fingers:
        return texts("ui.step.eyes" if step.modality is Modality.IRIS else "ui.step.face")
    hand = texts("ui.side.right-short" if int(step.fingers[0]) <= 5 else "ui.side.left-short")
    if len(step.fingers) > 1:
        return f"{len(step.fingers)} {hand}" if len(step.fingers) > 2 else f"2 {texts('ui.short.thumb').lower()}"
    names = ("little", "thumb", "index", "middle", "ring")
    return f"{texts('ui.short.' + names[int(step.position) % 5])} {hand}"
