"""S13, under the list: what of each delivery did not come, and which cards lie here that are another unit's."""

from __future__ import annotations

from station.desks.cards import HandOverDesk
from station.views.hand_over import HandOverView
from ui.texts import Texts, format_date
from ui.theme.tokens import State
from ui.widgets.rows import Row

MOST = 6
"""So many serials are named; `station cards mismatch` lists them all."""


def card_rows(view: HandOverView, texts: Texts) -> list[Row]:
    """Return the list's rows: whose card, and of one that could not be delivered why, where it lies, how often was called, when next."""
    rows = []
    for r in view.rows:
        again = texts("ui.hand.next-try", date=format_date(r.next_try)) if r.next_try else ""
        why = texts.of(r.reason) if r.reason else ""
        calls = texts("ui.hand.calls", count=r.phone_tries) if r.phone_tries else ""
        lines = tuple(t for t in (r.number, " · ".join(x for x in (why, r.place, calls, again) if x)) if t)
        rows.append(Row(r.name.upper(), lines, State(r.tone.value), texts.of(r.word), r.serial))
    return rows


def box_lines(desk: HandOverDesk, texts: Texts) -> list[str]:
    """Return one line for each thing that differs, none where every delivery is what was announced (the station's thread)."""
    boxes = desk.mismatches()
    found = [texts("ui.hand.missing", count=len(b.missing), serials=_some(b.missing)) for b in boxes if b.missing]
    foreign = {a.serial: a for box in boxes for a in box.foreign} | {a.serial: a for a in desk.astray()}
    if foreign:
        told = [f"{a.serial} (kit {a.owner})" if a.owner else a.serial for a in foreign.values()]
        found.append(texts("ui.hand.foreign", count=len(told), serials=_some(told)))
    return found


def _some(serials: tuple[str, ...] | list[str]) -> str:
    return ", ".join(serials[:MOST]) + ("…" if len(serials) > MOST else "")
