"""`station dossier kind`, `old-card`, `fee`: what desk 1 and desk 5 record beside the form, with the objects the window uses."""

from __future__ import annotations

from typing import Annotated

import typer

from station.clock import legal_day
from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, line, opened
from station.dossier.book import DossierBook
from station.dossier.consuming import CentreSession, fee_rows
from station.dossier.fees import comes_from_cmnd, fee_of
from station.dossier.life import Life
from station.dossier.old_card import ANSWERS, old_card_kind
from station.dossier.proposing import CHOICES, choose_kind
from station.errors import InputError
from station.keys import Permission
from station.vietnam.rules import exemptions, fee_for
from station.views.kind import kind_view
from station.words import Language, say

DossierId = Annotated[str, typer.Argument(help="Number of the dossier (barcode digits).", show_default=False)]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]


def _book(station: Opened) -> DossierBook:
    return DossierBook(station.journal, station.clock, station.session or CentreSession(operator=""))


def kind(dossier: DossierId, choice: Annotated[int, typer.Argument(help="1 to 6 as listed; 0 only shows.", min=0, max=len(CHOICES))] = 0,
         data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, english: English = False,
         as_json: Json = False) -> None:  # fmt: skip
    """First issue, exchange or reissue: show what is proposed or was said and the choices, or record the officer's word."""
    language = Language.EN if english else Language.VI
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        if choice:
            found = CHOICES[choice - 1]
            choose_kind(book, dossier, found.kind, found.why)
        view = kind_view(book.state(dossier))
        why = view.why.say(language) if view.why is not None else ""
        word = "" if view.sure else f"  ({say('kind-open', language)})"
        line(as_json, f"{view.kind.say(language)}: {why}{word}", dossier=dossier, kind=view.kind.code.removeprefix("kind."),
             why=view.why.code if view.why is not None else "", confirmed=view.sure)  # fmt: skip
        if not as_json and not choice:
            for number, (name, ground) in enumerate(view.choices, 1):
                typer.echo(f"  {number}  {name.say(language)}: {ground.say(language)}")


def old_card(dossier: DossierId, became: Annotated[str, typer.Argument(help=", ".join(ANSWERS))],
             reason: Annotated[str, typer.Option(help="Why it is not here; needed for not-brought and lost.")] = "", data: Data = None,
             passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Record what became of the old card, before the seal."""
    if became not in set(ANSWERS):
        raise InputError(f"The old card was one of: {', '.join(ANSWERS)}; nothing was stored.", code="old-card-kind")
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        Life(book).old_card(dossier, old_card_kind(book.state(dossier)), became, reason)


def fee(dossier: DossierId, ground: Annotated[str, typer.Option(help="On which ground no fee is due; 'none' takes it back.")] = "", data: Data = None,
        passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, english: English = False,
        as_json: Json = False) -> None:  # fmt: skip
    """Show the fee and the grounds that fit, or record on which ground none is due (before the seal)."""
    language = Language.EN if english else Language.VI
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book, day, centre = _book(station), legal_day(station.clock.now()), fee_rows(station.journal)
        state = book.state(dossier)
        cmnd = comes_from_cmnd(state)
        if ground:
            found = fee_for(state.kind.value, day, from_cmnd=cmnd, exemption="" if ground == "none" else ground, centre=centre)
            Life(book).fee(dossier, found.amount_vnd, found.basis, exemption=found.exemption)
            state = book.state(dossier)
        due = fee_of(state, day, centre=centre)
        fitting = exemptions("exchange-from-cmnd" if cmnd else state.kind.value)
        line(as_json, f"{due.amount_vnd} VND  {due.exemption}", dossier=dossier, amount_vnd=due.amount_vnd, ground=due.exemption, basis=due.basis,
             grounds=list(fitting))  # fmt: skip
        if not as_json:
            for name in fitting:
                typer.echo(f"  {name:16s} {say(f'exemption.{name}', language)}")
