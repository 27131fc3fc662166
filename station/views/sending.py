"""S11, queue and sending: where each dossier really is, in words that are set only from proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from station.queue import UploaderStatus
from station.queue.model import Entry, State


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package: `state` is its word's code, `percent` bytes confirmed by the peer (never an estimate)."""

    dossier: str
    person: str
    package_id: str
    size: int
    state: str
    percent: float
    reasons: tuple[str, ...]
    receipt: str


@dataclass(frozen=True, slots=True)
class SendingView:
    """The whole screen: four counts that are disjoint, rows, and what the line is doing."""

    counts: Mapping[str, int]
    bytes_waiting: int
    rows: tuple[PackageRow, ...]
    unsent: int
    error: str
    next_try_s: float


def sending_view(entries: Sequence[Entry], counts: Mapping[State, int], names: Mapping[str, str], saved: int,
                 status: UploaderStatus | None) -> SendingView:  # fmt: skip
    """Return S11."""
    rows = tuple(PackageRow(e.dossier, names.get(e.dossier, ""), e.package_id, e.size, str(e.state.value), e.percent, e.reasons, e.receipt_number)
                 for e in reversed(entries) if e.package_id)  # fmt: skip
    words = {str(s.value): n for s, n in counts.items()} | {"saved": saved}
    unsent = counts[State.SEALED] + counts[State.SENT]
    waiting = sum(e.size for e in entries if e.state in {State.SEALED, State.SENT})
    return SendingView(words, waiting, rows, unsent, status.error if status else "", status.next_try_s if status else 0.0)
