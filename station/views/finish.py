"""S8, fee, old card, slip: what does the person take home?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.dossier.fees import comes_from_cmnd, fee_of
from station.dossier.life import VneidState
from station.dossier.parts import ApplicationKind
from station.dossier.state import DossierState
from station.vietnam.rules import Deadline, Fee, Form, deadline_for, exemptions, form_for
from station.views.base import Intent, Words


@dataclass(frozen=True, slots=True)
class FinishView:
    """The whole of S8."""

    question: Words
    fee: Fee
    fee_words: Words
    fee_note: Words | None
    exemptions: tuple[str, ...]
    old_card_due: bool
    deadline: Deadline
    due: Words
    slip: Form
    vneid: Words | None
    vneid_next: tuple[VneidState, ...]
    primary: Intent


def finish_view(
    state: DossierState, day: date, *, area: str = "other", exemption: str = "", centre_fees: Sequence[Mapping[str, Any]] = ()
) -> FinishView:
    """Return S8 for a dossier received on `day`; `centre_fees`: `station.dossier.consuming.fee_rows` of the journal."""
    kind = state.kind.value
    from_cmnd = comes_from_cmnd(state)
    fee = fee_of(state, day, exemption=exemption, centre=centre_fees)
    amount = f"{fee.amount_vnd:,}".replace(",", ".")
    deadline = deadline_for(kind, day, area)
    last = state.vneid[-1] if state.vneid else ""
    following = {"": (VneidState.OFFERED,), "offered": (VneidState.REQUESTED, VneidState.DECLINED)}.get(last, ())
    return FinishView(
        Words("s8.question"), fee, Words("s8.free") if fee.amount_vnd == 0 else Words("s8.fee", {"amount": amount}),
        None if fee.verified else Words("s8.unverified"), exemptions("exchange-from-cmnd" if from_cmnd else kind),
        state.kind is not ApplicationKind.FIRST and not state.old_card, deadline,
        Words("s8.due", {"date": f"{deadline.due:%d/%m/%Y}"}), form_for("slip", day), Words(f"vneid.{last}") if last else None,
        following, Intent("finish", Words("s8.finish"), "F12", {"due": deadline.due.isoformat()}),
    )  # fmt: skip
