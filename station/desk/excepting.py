"""Exceptions at the capture desks (F7): the picture of the hand, the officer's own PIN or card, and only then the declaration.

One signature is for what one panel declares. The picture waits in hand until it is signed: nothing is on the disk before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import ClassVar

from biometrics.positions import Eye, FingerPosition
from devices.contract import Frame, RawCapture
from station.capture.hand_photo import HandJudge, hand_page
from station.capture.runner import ViewSink
from station.demo_team import demo_pin_of
from station.desk.table_picture import InHand, TablePicture
from station.dossier.excepting import NoPhoto, SignedBy, kept_photo
from station.dossier.eyes import declare_eye_exception
from station.dossier.photographing import Page
from station.errors import AccessError, ProcedureError
from station.views.excepting import Declared

CARD_MODULE = "STATION_PKCS11_MODULE"
"""The environment's name of the smart cards' library, as `station operators card` has it."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How an exception is signed here: by whom, whether the PIN is asked each time, whether their card can, the demo's own PIN as a hint."""

    operator: str
    name: str
    asked: bool
    card: bool
    demo_pin: str


class ExceptionDesk(TablePicture):
    """Declares exceptions of one counter. Threads as `TablePicture`."""

    attempts: ClassVar[int] = 1
    laid: Callable[[bool], None] | None = None
    """A demo's table: a hand lies there (True) while its picture is live, then what lay there before."""

    def _judge(self) -> HandJudge:
        return HandJudge()

    def _page(self, raw: RawCapture, turns: int) -> Page:
        return hand_page(raw, turns)

    def start(self, *, on_frame: Callable[[Frame], None], on_view: ViewSink) -> Future[InHand | None]:
        """See `TablePicture.start`; the future's picture was taken by the officer's key."""
        self.stop()
        if self.laid is not None:
            self.laid(True)
        return super().start(on_frame=on_frame, on_view=on_view)

    def stop(self) -> None:
        """See `TablePicture.stop`."""
        running = self._runner is not None
        super().stop()
        if running and self.laid is not None:
            self.laid(False)

    def signing(self) -> Signing:
        """Return how the signed-in officer signs.

        Raises:
            AccessError: nobody is signed in.
        """
        station, operator = self._station, self._station.operator
        if operator is None:
            raise AccessError("Nobody is signed in; nothing was changed. Sign in first.", code="not-signed-in")
        account = station.operators.accounts()[operator.operator_id]
        return Signing(operator.operator_id, operator.name, station.settings.flag("exception.pin"),
                       bool(account.card and os.environ.get(CARD_MODULE)), demo_pin_of(station, operator.operator_id))  # fmt: skip

    def sign(self, dossier: str, rows: Sequence[Declared], secret: str = "", *, no_photo: str = "", card: bool = False) -> None:
        """Sign and declare fingers, with the picture in hand or why there is none. A refusal declares nothing and leaves the picture in hand.

        Raises:
            AccessError: wrong PIN, locked, nobody signed in. ProcedureError: no picture and no reason, data are closed, "other" without
                words. StorageError: disk (E32).
        """
        station, held = self._station, self.in_hand
        station.book.editable(dossier)
        if held is None and not no_photo:
            raise ProcedureError("There is no picture of the hand and no reason why; nothing was declared. Take it, or go on without (F6).",
                                 code="exception-photo")  # fmt: skip
        by = self._confirm(secret, card=card)
        photo = kept_photo(held.page, station.journal.put_blob) if held is not None else None
        for row in rows:
            station.book.declare_exception(dossier, FingerPosition(row.part), row.kind, row.permanence, row.words, photo=photo,
                                           no_photo=NoPhoto(no_photo) if photo is None else "", by=by)  # fmt: skip
        self.drop()

    def sign_eyes(self, dossier: str, rows: Sequence[Declared], secret: str = "", *, card: bool = False) -> None:
        """Sign and declare eyes; no picture is asked for: the iris camera's own would show what is missing.

        Raises:
            AccessError, ProcedureError: as `sign`.
        """
        self._station.book.editable(dossier)
        by = self._confirm(secret, card=card)
        for row in rows:
            declare_eye_exception(self._station.book, dossier, Eye(row.part), row.kind, row.permanence, row.words, by=by)

    def _confirm(self, secret: str, *, card: bool) -> SignedBy:
        """Let the officer show that it is they; a wrong PIN counts as at the sign-in."""
        station, operator = self._station, self._station.operator
        if operator is None:
            raise AccessError("Nobody is signed in; nothing was declared. Sign in first.", code="not-signed-in")
        if card:
            from station.keys.cards import sign_in_by_card
            from station.keys.token import TokenClient

            client = TokenClient(os.environ.get(CARD_MODULE, ""), secret)
            try:
                sign_in_by_card(station.operators, operator.operator_id, client, desk=operator.desk, why="exception")
            finally:
                client.close()
            return SignedBy.CARD
        if not station.settings.flag("exception.pin"):
            return SignedBy.SESSION
        station.operators.confirm(operator, secret, why="exception")
        return SignedBy.PIN
