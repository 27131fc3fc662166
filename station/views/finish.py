"""S8, fee, old card, slip: what does the person take home?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.dossier.fees import comes_from_cmnd, fee_of
from station.dossier.life import VneidState
from station.dossier.old_card import expected_answer, old_card_due
from station.dossier.parts import OldCard
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
    old_card: Words | None = None
    """What became of the old card, None while nobody said (`old_card_due`: somebody must)."""
    old_card_reason: str = ""
    old_card_away: bool = False
    """It exists and is not here (not brought, lost)."""
    old_card_at: int = 0
    """Which answer stands first when it is asked (`station.dossier.old_card.ANSWERS`)."""
    slip_place: str = ""
    """Where the card is got, once the slip says so."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the person gets the card: ``collect`` or ``home``, and the place in words."""

    way: str
    place: str


def deliveries(state: DossierState, unit: str) -> tuple[Delivery, ...]:
    """Return the ways that can be offered: the own unit first, then each address of the dossier once."""
    addresses = dict.fromkeys(a for n in ("addr_now", "addr_temp", "addr_perm") if (a := state.value(n)))
    return (Delivery("collect", unit), *(Delivery("home", a) for a in addresses))


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
    following = {"": (VneidState.REQUESTED, VneidState.DECLINED), "offered": (VneidState.REQUESTED, VneidState.DECLINED)}.get(
        last, ()
    )
    return FinishView(
        Words("s8.question"), fee, Words("s8.free") if fee.amount_vnd == 0 else Words("s8.fee", {"amount": amount}),
        None if fee.verified else Words("s8.unverified"), exemptions("exchange-from-cmnd" if from_cmnd else kind),
        old_card_due(state), deadline,
        Words("s8.due", {"date": f"{deadline.due:%d/%m/%Y}"}), form_for("slip", day), Words(f"vneid.{last}") if last else None,
        following, Intent("finish", Words("s8.finish"), "F12", {"due": deadline.due.isoformat()}),
        Words(f"s8.old-card.{state.old_card_state}") if state.old_card_state else None, state.old_card_reason,
        state.old_card_state in {OldCard.NOT_BROUGHT, OldCard.LOST}, expected_answer(state),
        str(state.slip.get("place", "")) if state.slip else "",
    )  # fmt: skip
