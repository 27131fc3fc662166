"""What happens to a dossier beside the captures: pause, resume, abandon, merge, reopen, the end of the counter, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.parts import Lifecycle, OldCard, PackageWord
from station.dossier.reasons import needed_reason, short_reason
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError


class VneidState(StrEnum):
    """VNeID at the counter, in order. The station never sees a one-time code, password or passcode: there is no field for them."""

    OFFERED = "offered"
    DECLINED = "declined"
    REQUESTED = "requested"
    SENT = "sent"
    APPROVED = "approved"
    REJECTED = "rejected"
    ACTIVATED = "activated"


class Life:
    """Intents on the life of a dossier, over one book."""

    def __init__(self, book: DossierBook) -> None:
        self._book = book

    def pause(self, dossier: str, reason: str = "") -> None:
        """Save and put back into the queue (F9); everything stays where it is."""
        self._book.editable(dossier)
        self._book.write(Kind.PAUSED, {"reason": short_reason(reason)}, dossier)

    def resume(self, dossier: str, reason: str = "") -> None:
        """Go on with a paused dossier, on this kit or another.

        Raises:
            ProcedureError: it is not paused.
        """
        if self._book.state(dossier).lifecycle is not Lifecycle.PAUSED:
            raise ProcedureError("This dossier is not paused; nothing was changed.", code="dossier-not-paused")
        self._book.write(Kind.RESUMED, {"reason": short_reason(reason), "kit": self._book.journal.origin}, dossier)

    def abandon(self, dossier: str, reason: str) -> None:
        """End a dossier whose citizen walked away or who was called by mistake; captures stay until they are purged.

        Raises:
            ProcedureError: sealed or ended already, or no reason.
        """
        state = self._book.state(dossier)
        if state.sealed or state.lifecycle in {Lifecycle.ABANDONED, Lifecycle.MERGED}:
            raise ProcedureError("A sealed or ended dossier cannot be abandoned; nothing was changed.", code="dossier-ended")
        self._book.write(Kind.ABANDONED, {"reason": needed_reason(reason)}, dossier)

    def reopen(self, dossier: str, reason: str) -> None:
        """Open an abandoned dossier again, with its captures.

        Raises:
            ProcedureError: it was not abandoned, or no reason.
        """
        if self._book.state(dossier).lifecycle is not Lifecycle.ABANDONED:
            raise ProcedureError("Only an abandoned dossier is reopened; nothing was changed.", code="dossier-not-abandoned")
        self._book.write(Kind.REOPENED, {"reason": needed_reason(reason)}, dossier)

    def merge(self, dossier: str, into: str, reason: str) -> None:
        """End `dossier` because it was opened twice; `into` goes on and names it.

        Raises:
            ProcedureError: the same, sealed, ended, two different personal numbers, or no reason.
        """
        ending, staying = self._book.state(dossier), self._book.editable(into)
        if dossier == into or ending.sealed or ending.lifecycle is Lifecycle.MERGED:
            raise ProcedureError("These two cannot be merged; nothing was changed.", code="merge-refused")
        one, other = ending.value("personal_no"), staying.value("personal_no")
        if one and other and one != other:
            raise ProcedureError("These dossiers belong to two different people; nothing was merged.", code="merge-two-people")
        reason = needed_reason(reason)
        self._book.write(Kind.MERGED_FROM, {"dossier": dossier}, into)
        self._book.write(Kind.MERGED, {"into": into, "reason": reason}, dossier)

    def hand_to(self, dossier: str, desk: str) -> None:
        """Hand the dossier to another desk (a regulated step: who had it when; from it comes how long each desk takes)."""
        state = self._book.state(dossier)
        self._book.write(Kind.HANDED, {"to": desk, "from": state.desk}, dossier)

    # --- the end of the counter --------------------------------------------------------------------------------------------

    def paper(self, dossier: str, form: str, basis: str, sha256: str) -> None:
        """Record a printed form: which, on which legal basis, and the hash of what was printed."""
        self._book.state(dossier)
        self._book.write(Kind.PAPER, {"form": form, "basis": basis, "sha256": sha256}, dossier)

    def proof(self, dossier: str, what: str, blob: str, field: str = "") -> None:
        """Record a photographed paper (blob SHA-256) that proves `field`."""
        self._book.state(dossier)
        self._book.write(Kind.PROOF, {"what": what, "field": field, "blob": blob}, dossier)

    def fee(self, dossier: str, amount_vnd: int, basis: str, *, exemption: str = "", receipt: str = "") -> None:
        """Record the fee from the dated table (`station.vietnam.fees`).

        Raises:
            InputError: a negative amount.
        """
        self._book.editable(dossier)
        if amount_vnd < 0:
            raise InputError("A fee cannot be negative; nothing was stored.", code="fee-negative")
        self._book.write(Kind.FEE, {"amount_vnd": amount_vnd, "exemption": exemption, "receipt": short_reason(receipt),
                                    "basis": basis}, dossier)  # fmt: skip

    def old_card(self, dossier: str, kind: str, state: OldCard | str = "taken", reason: str = "") -> None:
        """Record the old card (``cmnd``, ``cccd``, ``none``, ``lost``), what was done with it, and why it is not here.

        Raises:
            InputError: unknown kind or state. ProcedureError: data are closed; a card that is lost or was not brought without a reason.
        """
        self._book.editable(dossier)
        if kind not in {"cmnd", "cccd", "none", "lost"} or state not in set(OldCard):
            raise InputError("This kind of old card is not known; nothing was stored.", code="old-card-kind")
        reason = needed_reason(reason) if state in {OldCard.LOST, OldCard.NOT_BROUGHT} else short_reason(reason)
        self._book.write(Kind.OLD_CARD, {"kind": kind, "state": str(state), "reason": reason}, dossier)

    def slip(self, dossier: str, due: date, delivery: str, place: str, rule: str) -> None:
        """Record the appointment slip: when, collect or home delivery, where, by which deadline rule."""
        self._book.state(dossier)
        if delivery not in {"collect", "home"}:
            raise InputError("A card is collected or delivered; nothing was stored.", code="delivery-unknown")
        self._book.write(
            Kind.SLIP, {"due": due.isoformat(), "delivery": delivery, "place": short_reason(place), "rule": rule}, dossier
        )

    def vneid(self, dossier: str, state: VneidState | str, *, consent: bool | None = None, phone_checked: str = "") -> None:
        """Record the e-ID request. A request needs a recorded consent and an own phone number.

        Raises:
            ProcedureError: requested without consent or phone. InputError: unknown state.
        """
        present = self._book.state(dossier)
        try:
            state = VneidState(state)
        except ValueError as error:
            raise InputError("This e-ID state is not known; nothing was stored.", code="vneid-state") from error
        if state is VneidState.REQUESTED and not (consent and present.value("phone")):
            raise ProcedureError(
                "An e-ID request needs the citizen's consent and phone number; nothing was stored.", code="vneid-consent"
            )
        self._book.write(Kind.VNEID, {"state": state.value, "consent": consent, "phone_checked": phone_checked,
                                      "source": "counter"}, dossier)  # fmt: skip

    # --- after sealing -----------------------------------------------------------------------------------------------------

    def revise(self, dossier: str, reason: str) -> None:
        """Open a sealed dossier's data for a correction; captures and the package history stay.

        Raises:
            ProcedureError: nothing was sealed yet.
        """
        state = self._book.state(dossier)
        if not state.sealed:
            raise ProcedureError("This dossier is still open; change it directly. Nothing was done.", code="revision-not-sealed")
        self._book.write(Kind.REVISION, {"number": state.revision + 1, "reason": needed_reason(reason),
                                         "returned": state.packages[-1].id}, dossier)  # fmt: skip

    def link(self, dossier: str, earlier: str, why: str) -> None:
        """Tie a recapture to the citizen's earlier dossier, so that "duplicate of oneself" explains itself."""
        self._book.state(dossier)
        self._book.write(Kind.LINKED, {"dossier": earlier, "why": needed_reason(why)}, dossier)


def day_totals(states: list[DossierState], day: date) -> Mapping[str, Any]:
    """Return the day's counts: the five words, abandoned and merged are disjoint and add up to ``opened``."""
    of_day = [s for s in states if legal_day(s.opened_at) == day]
    counts = {w.value: 0 for w in PackageWord} | {Lifecycle.ABANDONED.value: 0, Lifecycle.MERGED.value: 0}
    for state in of_day:
        ended = state.lifecycle in {Lifecycle.ABANDONED, Lifecycle.MERGED}
        counts[state.lifecycle.value if ended else state.package_word.value] += 1
    return {"opened": len(of_day), **counts, "to_approve": sum(bool(s.open_approvals) for s in of_day)}
