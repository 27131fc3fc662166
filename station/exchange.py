"""What a station does whenever it can talk to the centre: take its notices in, sign the audit chain's head, let accepted originals shrink.

`Exchange.tick` is given to the uploader, which calls it on its own thread between packages; the same notices come by stick
(`station queue import`). Nothing here raises for a line that is down: it is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from station.app import Station
from station.carriers import LineSettings, Pace, TusCarrier
from station.carriers.model import CarrierError
from station.carriers.network import Session
from station.dossier.consuming import CENTRE, NoticeDesk
from station.dossier.kinds import Kind
from station.errors import InputError, StationError
from station.hours import read_spans
from station.keys.trust import Purpose, TrustStores
from station.package import PackageFormatError
from station.packing import smaller
from station.queue import SendingHours, Uploader
from station.queue.model import Entry
from station.queue.notices import Notice, NoticeInbox, NoticeKind
from station.retention import reduce_accepted

NOTICES_EVERY_S: Final = 60.0
MAX_REVOKED: Final = 1_000


class CentreDesk:
    """Turns the centre's verified notices into facts of this station: work on dossiers, trust lists, revocations."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._desk = NoticeDesk(station.journal, station.clock)
        self._trust = TrustStores(station.journal)

    def on_notice(self, notice: Notice) -> None:
        """Take one in (`NoticeInbox.on_notice`); one that cannot be used is noted as such and stops nothing behind it."""
        try:
            if notice.kind is NoticeKind.TRUST:
                self._take_trust(notice.payload)
            elif notice.kind is NoticeKind.REVOCATION:
                self._revoke(notice.payload)
        except (InputError, KeyError, TypeError, ValueError):
            self._desk.note_unusable(notice)
            return
        self._desk.on_notice(notice)

    def _take_trust(self, payload: Mapping[str, Any]) -> None:
        purpose, version, keys = Purpose(payload["purpose"]), payload["version"], payload["certificates"]
        if type(version) is not int or not isinstance(keys, list) or not all(isinstance(k, bytes) for k in keys):
            raise InputError("A trust list that cannot be read; the present one stays.", code="notice-payload")
        self._trust.replace(purpose, keys, version=version, source=CENTRE, operator=CENTRE)

    def _revoke(self, payload: Mapping[str, Any]) -> None:
        """``stations`` and ``devices``: ids never to be believed again; ``operators``: accounts that are closed here."""
        reason = str(payload.get("reason", CENTRE))[:200]
        named = {what: _ids(payload.get(what, [])) for what in ("stations", "devices", "operators")}
        for what, purpose in (("stations", Purpose.STATIONS), ("devices", Purpose.DEVICE_MAKERS)):
            known = self._trust.view(purpose).revoked
            for one in named[what]:
                if one not in known:
                    self._trust.revoke(purpose, one, reason=reason, operator=CENTRE)
        accounts = self._station.operators.accounts()
        for one in named["operators"]:
            account = accounts.get(one)
            if account is not None and account.active:
                self._station.journal.append(Kind.OPERATOR_CHANGED, {"operator": one, "roles": sorted(account.roles), "active": False},
                                             dossier="", operator=CENTRE, desk="")  # fmt: skip


def _ids(raw: object) -> list[str]:
    if not isinstance(raw, list) or len(raw) > MAX_REVOKED or not all(isinstance(i, str) and 0 < len(i) <= 100 for i in raw):
        raise InputError("A revocation that cannot be read; it was not used.", code="notice-payload")
    return raw


def inbox(station: Station) -> NoticeInbox:
    """Return the station's inbox of notices.

    Raises:
        StationError: no intake is pinned yet.
    """
    intake = station.queue.intake
    if intake is None:
        raise StationError("This station has not joined an intake; there is nobody to hear from. Run: station queue join CODE --url …",
                           code="not-enrolled")  # fmt: skip
    return NoticeInbox(station.files, intake, station.origin, CentreDesk(station).on_notice)


class Exchange:
    """Everything but sending, at most once a minute, on the uploader's thread.

    Args:
        station: the station.
        session: the carrier's signed session with the intake.
    """

    def __init__(self, station: Station, session: Session) -> None:
        self._station, self._session = station, session
        self._inbox = inbox(station)
        self._next = 0.0
        self.taken = 0
        """Notices taken in since the start."""

    def tick(self) -> None:
        """Fetch notices, keep the audit head signed, shrink one accepted dossier; at most every `NOTICES_EVERY_S`."""
        station = self._station
        if station.clock.monotonic() < self._next:
            return
        self._next = station.clock.monotonic() + NOTICES_EVERY_S
        try:
            self.taken += self._inbox.fetch(self._session)
        except (CarrierError, PackageFormatError):
            return  # the line is down or not ours: the uploader says so, and the next tick tries again
        if station.settings.text("keep.after_acceptance") == "wsq":
            reduce_accepted(station.journal, smaller, operator=CENTRE, limit=1)


def sending_hours(text: str) -> SendingHours:
    """Read the setting ``sending.hours``: spans of local time, ``22:00-05:00, 12:00-13:00``; ``00:00-24:00`` means always.

    Raises:
        InputError: not such spans (``setting-hours``).
    """
    return SendingHours(read_spans(text))


def make_carrier(
    station: Station, url: str = "", *, line: LineSettings | None = None, kilobytes_per_s: int | None = None
) -> TusCarrier:
    """Return the network carrier to the pinned intake, by the station's settings where nothing else is said.

    Raises:
        StationError: no intake is pinned, or no address is known.
    """
    intake = station.queue.intake
    if intake is None:
        raise StationError("This station has not joined an intake; packages stay sealed. Run: station queue join CODE --url …",
                           code="not-enrolled")  # fmt: skip
    rate = int(station.settings.number("sending.kilobytes_per_s")) if kilobytes_per_s is None else kilobytes_per_s
    return TusCarrier(url or station.settings.text("sending.intake_url"), station=station.origin, signer=station.keys.signer,
                      intake=intake, line=line, pace=Pace(station.clock, rate * 1000 or None))  # fmt: skip


def make_uploader(station: Station, carrier: TusCarrier, on_change: Callable[[Entry], None] | None = None) -> Uploader:
    """Return the uploader with the station's hours; between packages it takes the centre's notices in."""
    try:
        hours = sending_hours(station.settings.text("sending.hours"))
    except InputError:
        hours = SendingHours()
    exchange = Exchange(station, carrier.session)
    return Uploader(station.queue, carrier, station.clock, hours=hours, on_change=on_change, between=exchange.tick)
