"""`station devices selftest`: what was asked, what was answered, how long it took."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from devices.selftest import FAIL, Step, selftest
from station.commands._device_options import DataOption, DeviceOption, EnglishOption, JsonOption, language, room, vouching_of
from station.commands._opening import PassphraseFile
from station.device_room import RoomRow
from station.words import Language, say


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="[DEVICE]", help="As shown by `station devices list`; without it every device.", show_default=False
        ),
    ] = "",
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long to watch the live picture.")] = 2.0,
    data: DataOption = None,
    passphrase_file: PassphraseFile = None,
    device: DeviceOption = None,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """Open each device, note every question and answer with its time, measure its live picture. Takes and keeps nothing. Exit 1 when one failed."""
    tongue = language(english)
    failed = False
    with vouching_of(data, passphrase_file) as known:
        rows = [r for r in room(data, device, known).rows() if name in ("", r.info.device_id)]
        if not rows:
            typer.echo(say("device-choice", tongue), err=True)
            raise typer.Exit(2)
        for row in rows:
            if not as_json:
                typer.echo(row.info.device_id)
            for step in _steps(row, seconds):
                failed = failed or step.code == FAIL
                typer.echo(as_plain(row, step) if as_json else as_text(step, tongue))
    if failed:
        raise typer.Exit(1)


def _steps(row: RoomRow, seconds: float) -> list[Step]:
    if row.device is None:
        return [Step("find", row.info.error_code, 0.0, FAIL)]
    return list(selftest(row.device, preview_s=seconds))


def as_plain(row: RoomRow, step: Step) -> str:
    """Return one step as a JSON line."""
    return json.dumps({"device": row.info.device_id, "asked": step.asked, "answered": step.answered, "seconds": round(step.took_s, 4),
                       "code": step.code, **step.values}, ensure_ascii=False)  # fmt: skip


def as_text(step: Step, tongue: Language) -> str:
    """Return one step as a line for a person."""
    values = "  ".join(f"{say(f'selftest.{k}', tongue)} {v:g}" for k, v in step.values.items())
    answered = say(step.answered, tongue) if step.code == FAIL else step.answered
    return f"    {step.asked:24s} {answered:36s} {step.took_s * 1000:8.0f} ms  {say(step.code, tongue)}  {values}".rstrip()
