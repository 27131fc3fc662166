"""The queue's words and rows. The words are kept apart on purpose (ui.md section 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """What is really known of one package. The states are disjoint; their counts add up to the total."""

    SAVED = "saved"  # finished in the journal, not sealed yet
    SEALED = "sealed"  # the file was written, read back and verified; nobody else has it for certain
    SENT = "sent"  # the peer confirmed every byte; no answer yet
    ACKNOWLEDGED = "acknowledged"  # a receipt by the pinned intake over our manifest's hash was verified
    REFUSED = "refused"  # a verified answer says no, with reasons: work for a person
    HELD = "held"  # a person (or a damaged file) stopped it


MOVES: Final = {
    State.SAVED: {State.SEALED, State.HELD},
    State.SEALED: {State.SENT, State.ACKNOWLEDGED, State.REFUSED, State.HELD},
    State.SENT: {State.SEALED, State.ACKNOWLEDGED, State.REFUSED, State.HELD},
    State.REFUSED: {State.SEALED, State.ACKNOWLEDGED, State.HELD},
    State.HELD: {State.SAVED, State.SEALED, State.ACKNOWLEDGED, State.REFUSED},
    State.ACKNOWLEDGED: set(),
}
"""Which state may follow which. An acknowledgement is final; a lost upload falls back from sent to sealed."""


WAITING: Final = frozenset({State.SEALED, State.SENT})
"""What a carrier can do something for: send it, or ask for its answer. The others are done, or wait for a person."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One package (or a finished dossier that waits to be sealed: `package_id` is empty then).

    `confirmed` are bytes the peer has confirmed, `location` is where an upload goes on. `reasons` of a refusal or a hold.
    """

    number: int
    dossier: str
    package_id: str
    manifest_sha256: str
    sha256: str
    size: int
    state: State
    created: datetime
    deadline: datetime | None
    confirmed: int
    location: str
    reasons: tuple[str, ...]
    receipt_number: str
    owner: str

    @property
    def percent(self) -> float:
        """Bytes confirmed by the peer, in percent; never an estimate."""
        return 100.0 * self.confirmed / self.size if self.size else 0.0


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to one package. `what` is a state, ``failed``, ``exported``, ``lost`` …; `facts` are plain values."""

    number: int
    entry: int
    package_id: str
    dossier: str
    at: datetime
    what: str
    facts: dict[str, Any] = field(default_factory=dict)
