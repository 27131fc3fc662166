"""Where the time of a dossier went: hands-on seconds at each desk, computed from the journal's own times.

The gap before an event counts for the desk at which the dossier stood. A capture, an answer or a signature names its desk by itself;
everything else is counted where the dossier was handed to last. Time between a pause and its resumption is waiting, never work, and so
is a gap longer than `LONGEST_GAP_S` (somebody fetched a paper; the officer had lunch).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from station.dossier.events import Event
from station.dossier.kinds import Kind
from station.dossier.procedure import Desk, Modality, Procedure

LONGEST_GAP_S: Final = 900.0
"""A gap longer than this between two events is not counted as work on the dossier."""

DESK_BY_NUMBER: Final[Mapping[str, Desk]] = {
    "1": Desk.CLERK,
    "2": Desk.FORM,
    "3": Desk.FINGERS,
    "4": Desk.PORTRAIT,
    "5": Desk.FINISH,
}
"""Desk numbers as people say them and as `Kind.HANDED` writes them."""

_OF_KIND: Final = {str(k): d for d, kinds in {
    Desk.CLERK: (Kind.LOOKED_UP, Kind.CARD_READ),
    Desk.FINGERS: (Kind.EXCEPTION, Kind.EXCEPTION_WITHDRAWN, Kind.FINGERS_CHECKED),
    Desk.PORTRAIT: (Kind.ACTIVE_CHECKED,),
    Desk.FINISH: (Kind.REVIEWED, Kind.SIGNED, Kind.FEE, Kind.OLD_CARD, Kind.SLIP, Kind.VNEID, Kind.SEALED),
}.items() for k in kinds}  # fmt: skip
_CAPTURE: Final = frozenset({str(Kind.ATTEMPT), str(Kind.CAPTURED), str(Kind.DISCARDED)})
_ASIDE: Final = frozenset({str(k) for k in (Kind.QUEUED, Kind.SENT, Kind.RECEIPT, Kind.REFUSED, Kind.NOTICE, Kind.CARD_LISTED,
                                            Kind.CARD_IN, Kind.CARD_HANDED, Kind.CARD_REFUSED, Kind.CARD_UNDELIVERED, Kind.REDUCED,
                                            Kind.HELD, Kind.RELEASED, Kind.WAITING_FOR, Kind.DECIDED)})  # fmt: skip
"""What happens to a dossier without anybody sitting at a desk with its citizen."""


class WorkTime:
    """Counts one dossier's events in causal order."""

    def __init__(self) -> None:
        self.desk_s: dict[Desk, float] = {}
        self.operator_s: dict[str, float] = {}
        self._at = Desk.CLERK
        self._last: Event | None = None
        self._waiting = False

    def count(self, event: Event, procedure: Procedure | None) -> None:
        """Add the gap before `event` to the desk it was spent at and to the operator who wrote it."""
        kind = str(event.kind)
        if kind in _ASIDE:
            return
        named = self._named(kind, event.body, procedure)
        if self._last is not None and not self._waiting:
            gap = (event.at - self._last.at).total_seconds()
            if 0 <= gap <= LONGEST_GAP_S:
                desk = named or self._at
                self.desk_s[desk] = self.desk_s.get(desk, 0.0) + gap
                self.operator_s[event.operator] = self.operator_s.get(event.operator, 0.0) + gap
        self._last = event
        self._waiting = kind == Kind.PAUSED
        self._at = DESK_BY_NUMBER.get(str(event.body.get("to", "")), self._at) if kind == Kind.HANDED else named or self._at

    @staticmethod
    def _named(kind: str, body: Mapping[str, Any], procedure: Procedure | None) -> Desk | None:
        """Return the desk an event speaks of by itself."""
        if kind not in _CAPTURE or procedure is None:
            return _OF_KIND.get(kind)
        step = next((s for s in procedure.steps if s.id == body.get("step")), None)
        if step is None:
            return None
        return Desk.FINGERS if step.modality is Modality.FINGER else Desk.PORTRAIT
