"""What a scanner sent, told apart: a card, a printed dossier, a ticket, a badge, the test code, another kit's dossier, a garbled or unknown
code. A screen that cannot use it says which it was and offers to go there; nothing is opened by a scan alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from station.app import Station
from station.dossier.numbers import CodeKind, read_code, station_digits
from station.errors import InputError
from station.views.base import Words, grouped

SHOWN_LETTERS = 24
"""So much of an unknown code is repeated on the screen."""


class ScanKind(StrEnum):
    """What was scanned."""

    CARD = "card"
    DOSSIER = "dossier"
    TICKET = "ticket"
    BADGE = "badge"
    TEST = "test"
    FOREIGN = "foreign"
    GARBLED = "garbled"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScanView:
    """What is said of it, and the dossier or the ticket it leads to ("" where it leads nowhere); `operator` of a badge."""

    kind: ScanKind
    words: Words
    dossier: str = ""
    ticket: str = ""
    operator: str = ""


def printed_kind(text: str) -> CodeKind | None:
    """Return the kind of a code that this program prints, None for anything else; looks at the letters alone (any thread)."""
    try:
        return read_code(text)[0]
    except InputError:
        return None


def read_scan(station: Station, text: str, find: Callable[[str], str], badge: Callable[[str], str]) -> ScanView:
    """Tell what `text` is; `find` gives the dossier of a code, `badge` the operator of a badge ("" for none)."""
    number = text.strip().partition("|")[0].strip()
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) == 12 and all(c.isdigit() or c in " .-" for c in number):
        return ScanView(ScanKind.CARD, Words("scan.card", {"number": grouped(digits)}), find(digits))
    try:
        kind, body = read_code(number)
    except InputError as error:
        if error.reason_code == "code-check":
            return ScanView(ScanKind.GARBLED, Words("scan.garbled"))
        shown = number[:SHOWN_LETTERS] + ("…" if len(number) > SHOWN_LETTERS else "")
        return ScanView(ScanKind.OTHER, Words("scan.other", {"text": "".join(c for c in shown if c.isprintable())}))
    if kind is CodeKind.DOSSIER:
        found = find(number)
        if not found and body[:6] != station_digits(station.journal.origin):
            return ScanView(ScanKind.FOREIGN, Words("scan.foreign", {"station": body[:6]}))
        return ScanView(ScanKind.DOSSIER, Words("scan.dossier", {"number": body[-4:]}), found)
    if kind is CodeKind.TICKET:
        return ScanView(ScanKind.TICKET, Words("scan.ticket", {"ticket": str(int(body))}), find(number), str(int(body)))
    if kind is CodeKind.BADGE:
        operator = badge(number)
        account = station.operators.accounts().get(operator)
        words = Words("scan.badge", {"name": account.name}) if account is not None else Words("scan.badge-unknown")
        return ScanView(ScanKind.BADGE, words, operator=operator)
    return ScanView(ScanKind.TEST, Words("scan.test"))
