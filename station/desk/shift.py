"""Who works at this desk (S0): sign in, badge, lock after idle time. The dossier that is open stays open and saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from station.app import Station
from station.dossier.kinds import Kind
from station.dossier.numbers import CodeKind, read_code
from station.errors import AccessError, InputError
from station.journal.guards import ClockState, clock_state
from station.keys.operators import IdleLock
from station.views.clock import ClockView, clock_view

DEMO_OPERATOR = "demo"
DEMO_PIN_FILE = "demo/operator.pin"


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The whole of S0: who is signed in ("" nobody), at which desk; the machine's time, which a
    person compares with a clock on the wall, what is known of it, and the room on the disk."""

    operator: str
    name: str
    desk: str
    time: str
    disk_ok: bool
    dossiers_left: int
    clock: ClockView


class ShiftDesk:
    """Intents of S0. `touch` and `locked` may be used on any thread; the rest belongs to the station's."""

    def __init__(self, station: Station) -> None:
        self._station = station
        limit = timedelta(minutes=station.settings.number("lock.idle_minutes"))
        self.idle = IdleLock(station.clock, limit)

    def view(self) -> ShiftView:
        """Return S0."""
        station = self._station
        left = station.guards.dossiers_left(station.files.free_bytes())
        operator = station.operator
        return ShiftView(operator.operator_id if operator is not None else "", operator.name if operator is not None else "",
                         station.session.desk, f"{station.clock.now().astimezone():%H:%M %d/%m/%Y}", disk_ok=left > 50,
                         dossiers_left=left, clock=self.clock())  # fmt: skip

    def clock(self) -> ClockView:
        """Return what is known of this machine's clock (E02); a demo's or a test's own time says nothing about it."""
        station = self._station
        told = station.journal.last_of_kind(Kind.TIME_TOLD)
        state = clock_state(station.journal, station.clock)
        if station.clock.source == "manual":
            state = ClockState(state.now, state.source, "", timedelta(0), overridden=False)
        return clock_view(state, told.at if told is not None else None, float(told.body["ahead_s"]) if told is not None else 0.0)

    def badge(self, scanned: str) -> str:
        """Return the operator of a badge's code, "" when it is none of this station's.

        A badge holds the place of the operator in the list of accounts, never a secret.
        """
        try:
            kind, body = read_code(scanned)
        except InputError:
            return ""
        names = sorted(self._station.operators.accounts())
        return names[int(body)] if kind is CodeKind.BADGE and body.isdigit() and int(body) < len(names) else ""

    def sign_in(self, operator_id: str, secret: str, desk: str, new_secret: str = "") -> ShiftView:
        """Sign in, or open the lock: the same person goes on, another one signs in for themselves.

        Somebody whose PIN was given by another person works only after choosing an own one (`new_secret`).

        Raises:
            AccessError: wrong PIN, locked account; ``pin-must-change``: choose an own PIN. InputError: the new PIN is weak.
        """
        station = self._station
        before = station.operator
        if before is not None and before.operator_id != operator_id:
            station.sign_out("idle")
            before = None
        try:
            session = station.sign_in(operator_id, secret, desk=desk)
        except AccessError:
            station.operator = before
            raise
        if session.must_change:
            try:
                if not new_secret:
                    raise AccessError(
                        "This PIN was given by somebody else; nothing is open yet. Choose your own.", code="pin-must-change"
                    )
                station.operators.change_secret(session, secret, new_secret)
            except (AccessError, InputError):
                station.sign_out("pin")
                raise
        self.idle.open(session, session)
        return self.view()

    def lock(self) -> None:
        """Lock the desk now."""
        self.idle.close()

    def demo_pin(self) -> tuple[str, str]:
        """Return the demo's operator and PIN; a station that is no demo has none.

        Raises:
            AccessError: this is no demo.
        """
        if not self._station.demo:
            raise AccessError("Only a demo fills in its own PIN; nothing was filled in.", code="not-demo")
        return DEMO_OPERATOR, self._station.files.read(DEMO_PIN_FILE, 100).decode()
