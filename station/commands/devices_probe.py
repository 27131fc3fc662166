"""`station devices probe`: ask every port what is there."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from devices.probing import Probed, Progress, probe_all
from station.commands._device_options import EnglishOption, JsonOption, language
from station.words import Language, say


def command(
    port: Annotated[list[str] | None, typer.Option("--port", help="Only this port; may be repeated.", show_default=False)] = None,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask every USB serial port what is there, list cameras and card readers. Switches nothing on, writes nothing."""
    tongue = language(english)
    count = 0
    for found in probe_all(port or (), tell=None if as_json else _progress):
        count += 1
        typer.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else as_text(found, tongue))
    if not count and not as_json:
        typer.echo(say("probe-no-port", tongue))


def _progress(progress: Progress) -> None:
    if sys.stderr.isatty() and progress.port:
        sys.stderr.write(f"\r[{progress.done + 1}/{progress.total}] {progress.port} …\x1b[K\r")
        sys.stderr.flush()


def as_text(found: Probed, tongue: Language) -> str:
    """Return one port as lines for a person."""
    facts = "  ".join(f"{k} {v}" for k, v in (("profile", found.profile), ("serial", found.serial), ("firmware", found.firmware), ("usb", found.usb)) if v)  # fmt: skip
    lines = [
        f"{found.port or found.what:24s} {say(found.code, tongue)}  {found.adapter}  {found.model}".rstrip()
        + f"   ({found.took_s:.1f} s)"
    ]
    if facts:
        lines.append(f"    {facts}")
    lines += [f"    {asked:24s} {answer:28s} {took * 1000:7.0f} ms" for asked, answer, took in found.asked]
    if found.text:
        lines.append(f"    {found.text}")
    return "\n".join(lines)
