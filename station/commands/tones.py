"""`station tones`: hear the three signals as a desk sounds them, and learn whether this computer has an audio output."""

from __future__ import annotations

from typing import Annotated

import typer

from devices.speaker import RATE_HZ, open_output, play_on
from station.commands._opening import Json, line
from station.tones import DESKS, TONES, tone
from station.words import say


def command(
    desk: Annotated[int, typer.Option(min=1, max=DESKS, help="Whose pitch.")] = 1,
    volume: Annotated[int, typer.Option(min=1, max=100, help="As the setting sound.volume.")] = 60,
    as_json: Json = False,
) -> None:
    """Play captured, adjust and blocked, one after the other. Exit 1 without an audio output: the window then rings the system's bell."""
    output = open_output()
    try:
        for name in TONES:
            sound = tone(name, desk=desk, volume=volume)
            line(as_json, say(f"ui.tone.{name}"), tone=name, seconds=round(len(sound) / RATE_HZ, 2), output=output.backend)
            play_on(output, sound)
    finally:
        output.close()
