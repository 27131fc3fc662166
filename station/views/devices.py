"""S16, the device room: may this device enroll today? One row each, the error in its own row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devices.contract import DeviceKind, Source
from devices.grade import Grade, needs_certificate
from station.device_room import RoomRow, what_it_can
from station.views.base import Intent, Tone, Words


@dataclass(frozen=True, slots=True)
class LiveTest:
    """What the device shows right now: pictures per second, share of dropped ones (0..1), noise in grey levels, temperature."""

    frames_per_s: float
    dropped: float
    noise: float | None = None
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far the search is: the port that is asked now, how many are done, how many there are."""

    port: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class DeviceRoomRow:
    """One device, ready to be drawn.

    `tone` is GOOD when it may enroll, RETRY when it may preview only, BLOCKED when it does not work, EXCEPTION for simulated ones.
    `reason` says why it may not enroll or does not work, `next_step` what to do; `screen_code` is the small code beside it.
    `certificate_days` is None where no certificate is needed or known.
    """

    device_id: str
    kind: Words
    name: str
    driver: str
    serial: str
    firmware: str
    profile: str
    simulated: bool
    can: tuple[Words, ...]
    tone: Tone
    enrolls: bool
    state: Words
    reason: Words | None = None
    next_step: Words | None = None
    screen_code: str = ""
    error: str = ""
    certificate_days: int | None = None
    certificate_soon: bool = False
    live: LiveTest | None = None
    intents: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceRoomView:
    """The whole screen: rows, faults of the settings, the search where one runs, what can be done."""

    rows: tuple[DeviceRoomRow, ...]
    faults: tuple[str, ...] = ()
    searching: SearchProgress | None = None
    intents: tuple[Intent, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


_NEXT: Mapping[str, str] = {"E22": "device.next.calibrate", "E23": "device.next.other-device"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a device previews only, for a capture screen: the words, what to do, and the small code (``E22``, ``E23``)."""

    reason: Words
    next_step: Words
    screen_code: str


def refusal_of(grade: Grade) -> Refusal:
    """Return the words of a grade that does not enroll."""
    return Refusal(Words(grade.code, grade.values), Words(_NEXT.get(grade.screen_code, "device.next.cable")), grade.screen_code)


def device_room_view(rows: Sequence[RoomRow], *, live: Mapping[str, LiveTest] | None = None, faults: Sequence[str] = (),
                     searching: SearchProgress | None = None) -> DeviceRoomView:  # fmt: skip
    """Return S16 from the room's rows and the live self-tests that run (by device id)."""
    drawn = tuple(_row(r, (live or {}).get(r.info.device_id)) for r in rows)
    busy = searching is not None
    intents = (Intent("search-devices", Words("device.intent.search"), "F5", enabled=not busy),
               Intent("doctor", Words("device.intent.doctor"), "F6", enabled=not busy))  # fmt: skip
    counts = {tone.value: sum(r.tone is tone for r in drawn) for tone in (Tone.GOOD, Tone.RETRY, Tone.BLOCKED, Tone.EXCEPTION)}
    return DeviceRoomView(drawn, tuple(faults), searching, intents, counts)


def _row(row: RoomRow, live: LiveTest | None) -> DeviceRoomRow:
    info, grade, identity = row.info, row.grade, row.info.identity
    tone, state = _state(row)
    reason = Words(grade.code, grade.values) if grade.code else None
    following = _NEXT.get(grade.screen_code) or ("device.next.cable" if info.error_code else "")
    return DeviceRoomRow(
        info.device_id,
        Words(f"device.kind.{info.kind.value}"),
        " ".join(p for p in (identity.vendor, identity.model) if p) if identity else info.device_id,
        identity.adapter if identity else info.device_id.partition(":")[0],
        identity.serial if identity else "",
        identity.firmware if identity else "",
        identity.profile if identity else "",
        info.source is Source.SIMULATED,
        tuple(Words(code) for code in what_it_can(row.can)),
        tone,
        grade.enrolls,
        Words(state),
        reason,
        Words(following) if following else None,
        grade.screen_code,
        info.error,
        grade.days_left,
        grade.ends_soon,
        live,
        _intents(row),
    )


def _state(row: RoomRow) -> tuple[Tone, str]:
    if row.info.error_code:
        return Tone.BLOCKED, "device.state.fault"
    if row.info.source is not Source.DEVICE:
        return Tone.EXCEPTION, "device.state.marked"
    if row.grade.enrolls:
        return Tone.GOOD, "device.state.enrolls" if needs_certificate(row.info) else "device.state.ready"
    return Tone.RETRY, "device.state.preview-only"


def _intents(row: RoomRow) -> tuple[Intent, ...]:
    here = {"device_id": row.info.device_id}
    if row.device is None:
        return ()
    made = [
        Intent("self-test", Words("device.intent.self-test"), "", here),
        Intent("dump", Words("device.intent.dump"), "", here),
    ]
    if row.info.kind in {DeviceKind.SCANNER, DeviceKind.CAMERA} and not row.info.error_code:
        made.insert(0, Intent("calibrate", Words("device.intent.calibrate"), "", here))
    return tuple(made)
