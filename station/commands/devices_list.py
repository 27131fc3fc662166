"""`station devices list`."""

from __future__ import annotations

import json
from typing import Any

import typer

from station.commands._device_options import DataOption, DeviceOption, EnglishOption, JsonOption, language, room
from station.device_room import RoomRow
from station.views.devices import DeviceRoomRow, device_room_view
from station.words import Language


def command(
    data: DataOption = None, device: DeviceOption = None, english: EnglishOption = False, as_json: JsonOption = False
) -> None:
    """Each device: what it can do, serial, firmware, profile, certificate, its error in its own row."""
    here, tongue = room(data, device), language(english)
    count = 0
    for row in here.rows():
        count += 1
        drawn = device_room_view([row]).rows[0]
        typer.echo(json.dumps(as_plain(row, drawn, tongue), ensure_ascii=False) if as_json else as_text(drawn, tongue))
    for fault in here.faults:
        typer.echo(fault, err=True)
    if not count and not as_json:
        typer.echo("Chưa thấy thiết bị nào. / No device found." if tongue is Language.VI else "No device found.")


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
