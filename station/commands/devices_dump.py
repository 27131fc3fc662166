"""`station devices dump`: everything a bug report about a device needs, as JSON on standard output."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from devices.selftest import FAIL, Step, selftest
from station.commands._device_options import DataOption, DeviceOption, room, vouching_of
from station.commands._opening import PassphraseFile
from station.device_dump import dump
from station.errors import InputError


def command(
    name: Annotated[str, typer.Argument(metavar="[DEVICE]", help="As shown by `station devices list`.", show_default=False)] = "",
    data: DataOption = None,
    passphrase_file: PassphraseFile = None,
    device: DeviceOption = None,
) -> None:
    """Versions, the device's own words, profile, self-test, what the doctor found. No pictures, no positions, nothing personal."""
    with vouching_of(data, passphrase_file) as known:
        rows = [r for r in room(data, device, known).rows() if name in ("", r.info.device_id)]
        if not rows:
            raise InputError(
                "No device of this name is known here; nothing was dumped. `station devices list` shows them.",
                code="device-choice",
            )
        for row in rows:
            steps = [Step("find", row.info.error_code, 0.0, FAIL)] if row.device is None else list(selftest(row.device))
            typer.echo(json.dumps(dump(row, steps), ensure_ascii=False, indent=1))
