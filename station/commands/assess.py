"""`station assess fingerprint|slap|portrait`."""

from __future__ import annotations

from typing import Final

import typer

from station.lazy import lazy_group

KINDS: Final[dict[str, tuple[str, str]]] = {
    "fingerprint": ("station.commands.assess_fingerprint", "NFIQ 2 measures, score and reasons of prints."),
    "slap": ("station.commands.assess_slap", "Fingers, labels and quality of slaps."),
    "sequence": ("station.commands.assess_sequence", "Mix-ups over a whole enrollment: hands, fingers, previous people."),
    "portrait": ("station.commands.assess_portrait", "ISO/IEC 29794-5 measures and document rules of portraits."),
}

app = typer.Typer(cls=lazy_group("station assess", KINDS), no_args_is_help=True, help="Quality of samples, with reasons.")


@app.callback()
def assess() -> None:
    """Quality of samples, with reasons."""
