"""`station bindings list|choices|set|swap|reset`: which key does what at this desk; the same rules and the same journal as the window's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from station.bindings import ACTIONS, CHOOSABLE, SETTING, Bindings, key_label, key_named
from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened
from station.dossier.kinds import Kind
from station.keys import Permission
from station.settings import settings_in, store_settings
from station.views.bindings import binding_rows, key_history
from station.words import Language

app = typer.Typer(no_args_is_help=True, help="Which key does what: show, change, swap, back to the standard.")
Action = Annotated[str, typer.Argument(help=f"What the key does: {', '.join(a.code for a in ACTIONS)}.")]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]


@app.command("list")
def list_keys(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False, english: English = False) -> None:
    """Every action: its key, the standard key, who changed it and when."""
    with opened(data, passphrase_file) as station:
        names = {o: a.name for o, a in station.operators.accounts().items()}
        history = key_history(station.journal.events_of_kind(Kind.SETTING), names)
        now = settings_in(station.files).bindings
    table = Table("action", "key", "standard", "what it does", "changed by", "when")
    for row in binding_rows(now, now, history):
        does = row.does.say(Language.EN if english else Language.VI)
        if as_json:
            line(True, "", action=row.action, key=now.key(row.action), default=row.default, changed=row.changed, does=does,
                 changed_by=row.changed_by, changed_at=row.changed_at)  # fmt: skip
        table.add_row(row.action, row.key or "-", row.default or "-", does, row.changed_by or "-", row.changed_at or "-")
    if not as_json:
        Console().print(table)


@app.command()
def choices() -> None:
    """The keys that can be chosen, one a line. Letters, digits, Esc, Tab, Enter and what the system or a typing tool takes are not among them."""
    for key in CHOOSABLE:
        typer.echo(key)


@app.command("set")
def set_key(
    action: Action, key: Annotated[str, typer.Argument(help="The new key, like F5, Shift+F5, PageDown (`station bindings choices`).")],
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Give an action another key; `set pedal KEY` gives "next" a second one. Refused when another action has the key: swap the two."""
    change = _changer(data, passphrase_file, as_operator, pin_file, as_json)
    change(lambda now: now.with_key(action, key_named(key)))


@app.command()
def swap(
    action: Action, other: Action,
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Give each other's key to two actions, in one step."""
    change = _changer(data, passphrase_file, as_operator, pin_file, as_json)
    change(lambda now: now.swapped(action, other))


@app.command()
def reset(
    action: Annotated[str, typer.Argument(help="The action; without one every key goes back.")] = "",
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Back to the standard key of one action, or of all. `reset pedal` takes the pedal's key away."""
    change = _changer(data, passphrase_file, as_operator, pin_file, as_json)
    change(lambda now: now.reset(action))


def _changer(data: Data, passphrase_file: PassphraseFile, as_operator: str, pin_file: PinFile,
             as_json: bool) -> Callable[[Callable[[Bindings], Bindings]], None]:  # fmt: skip
    """Return what opens the station, applies one change and says what is bound now."""

    def change(step: Callable[[Bindings], Bindings]) -> None:
        with opened(data, passphrase_file, as_operator, pin_file, Permission.CHANGE_SETTINGS) as station:
            before = settings_in(station.files)
            after = before.replaced(SETTING, step(before.bindings).to_text())
            store_settings(station.files, station.journal, before, after, operator=station.operator, desk="cli")
        old, new = before.bindings, after.bindings
        changed = {a.code: new.key(a.code) for a in ACTIONS if new.key(a.code) != old.key(a.code)}
        told = ", ".join(f"{code} {key_label(key) or 'none'}" for code, key in changed.items())
        line(
            as_json,
            f"Changed: {told}. An open window takes it at its next start." if changed else "Nothing changed.",
            changed=changed,
        )

    return change
