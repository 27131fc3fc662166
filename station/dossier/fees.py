"""The fee of a dossier: what was recorded, otherwise what the dated table says of it today. Screen and slip ask here, so that they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from station.dossier.parts import ApplicationKind
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.rules import Fee, fee_for


def comes_from_cmnd(state: DossierState) -> bool:
    """Return whether an old paper card (CMND) is exchanged: the table has an amount of its own for that."""
    return bool(state.value("old_id_no")) and not state.value("card_issued") and state.kind is ApplicationKind.EXCHANGE


def fee_of(state: DossierState, day: date, *, exemption: str = "", centre: Sequence[Mapping[str, Any]] = ()) -> Fee:
    """Return the fee: a recorded amount stands, whatever the table says later. An exemption that is not known changes nothing."""
    from_cmnd = comes_from_cmnd(state)
    try:
        fee = fee_for(state.kind.value, day, from_cmnd=from_cmnd, exemption=exemption, centre=centre)
    except InputError:
        fee = fee_for(state.kind.value, day, from_cmnd=from_cmnd, centre=centre)
    if state.fee is None:
        return fee
    return replace(fee, amount_vnd=int(state.fee["amount_vnd"]), basis=str(state.fee.get("basis", "")) or fee.basis,
                   exemption=str(state.fee.get("exemption", "")) or fee.exemption)  # fmt: skip
