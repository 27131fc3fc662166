"""`station devices list`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any

import typer

from devices.errors import DeviceError
from devices.registry import Found
from station.commands._device_options import (
    DataOption,
    DeviceOption,
    EnglishOption,
    JsonOption,
    language,
    room,
    vouching_of,
)
from station.commands._opening import PassphraseFile
from station.device_room import DeviceRoom, RoomRow
from station.views.devices import DeviceRoomRow, device_room_view
from station.words import Language


def command(
    data: DataOption = None,
    passphrase_file: PassphraseFile = None,
    device: DeviceOption = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Open each device for a moment: serial modules tell who they are only then.")
    ] = False,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """Each device: what it can do, serial, firmware, profile, certificate, its error in its own row."""
    tongue = language(english)
    count = 0
    with vouching_of(data, passphrase_file) as known:
        here = room(data, device, known)
        for found in here.rows():
            count += 1
            row = _asked(here, found) if ask else found
            drawn = device_room_view([row]).rows[0]
            typer.echo(json.dumps(as_plain(row, drawn, tongue), ensure_ascii=False) if as_json else as_text(drawn, tongue))
    for fault in here.faults:
        typer.echo(fault, err=True)
    if not count and not as_json:
        typer.echo("Chưa thấy thiết bị nào. / No device found." if tongue is Language.VI else "No device found.")


def _asked(here: DeviceRoom, row: RoomRow) -> RoomRow:
    """Return the row of a device that was opened for a moment; one that does not open has its reason in its row."""
    device = row.device
    if device is None or row.info.error_code:
        return row
    try:
        device.open()
        info = device.describe()
    except DeviceError as error:
        info = replace(
            row.info, enrolment_grade=False, grade_reason=error.reason_code, error_code=error.reason_code, error=str(error)
        )
    finally:
        device.close()
    return here.row(Found(info, device))


def as_plain(row: RoomRow, drawn: DeviceRoomRow, tongue: Language) -> dict[str, Any]:
    """Return a row as plain values for a program."""
    return {"device": drawn.device_id, "kind": row.info.kind.value, "name": drawn.name, "adapter": drawn.driver, "serial": drawn.serial,
            "firmware": drawn.firmware, "profile": drawn.profile, "source": row.info.source.value, "enrolls": drawn.enrolls,
            "state": drawn.state.code, "reason": row.grade.code, "screen_code": drawn.screen_code,
            "words": drawn.reason.say(tongue) if drawn.reason else "", "certificate": row.grade.certificate_id,
            "certificate_days": drawn.certificate_days, "can": [w.code.removeprefix("can.") for w in drawn.can], "error": drawn.error,
            "details": dict(row.info.details)}  # fmt: skip


def as_text(drawn: DeviceRoomRow, tongue: Language) -> str:
    """Return a row as a few lines for a person."""
    head = f"{drawn.device_id:28s} {drawn.kind.say(tongue)}: {drawn.name}   [{drawn.state.say(tongue)}]"
    facts = [f"serial {drawn.serial}" if drawn.serial else "", f"firmware {drawn.firmware}" if drawn.firmware else "",
             f"profile {drawn.profile}" if drawn.profile else "",
             f"certificate {drawn.certificate_days} days" if drawn.certificate_days is not None else ""]  # fmt: skip
    lines = [head, "    " + "  ".join(f for f in facts if f)]
    if drawn.can:
        lines.append("    " + ", ".join(w.say(tongue) for w in drawn.can))
    if drawn.reason is not None:
        code = f" ({drawn.screen_code})" if drawn.screen_code else ""
        then = f" → {drawn.next_step.say(tongue)}" if drawn.next_step else ""
        lines.append(f"    {drawn.reason.say(tongue)}{code}{then}")
    if drawn.error:
        lines.append(f"    {drawn.error}")
    return "\n".join(line for line in lines if line.strip())
