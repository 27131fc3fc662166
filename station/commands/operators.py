"""`station operators`: accounts and roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened, secret_from
from station.errors import AccessError
from station.keys import Permission, Role
from station.keys.operators import locked_until

app = typer.Typer(no_args_is_help=True, help="Operator accounts and roles.")
NewPin = Annotated[
    Path | None, typer.Option("--new-pin-file", help="File with the new PIN; without it you are asked.", show_default=False)
]
Who = Annotated[str, typer.Argument(help="Operator id.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; repeat for several.")]


@app.command("list")
def list_(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Every account: roles, state."""
    with opened(data, passphrase_file) as station:
        now = station.clock.now()
        for account in station.operators.accounts().values():
            until = locked_until(account)
            state = "closed" if not account.active else "locked" if until is not None and now < until else "open"
            roles = ", ".join(sorted(account.roles))
            line(as_json, f"{account.operator_id:20s} {state:7s} {roles}", operator=account.operator_id, state=state,
                 roles=sorted(account.roles), must_change=account.must_change)  # fmt: skip


@app.command()
def add(who: Who, name: Annotated[str, typer.Option(help="The person's name.")], role: Roles = None, new_pin_file: NewPin = None,
        data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Make an account. The very first is the security admin's and needs no sign-in."""
    with opened(data, passphrase_file, as_operator, pin_file) as station:
        roles = role or ([Role.SECURITY_ADMIN] if not station.operators.accounts() else [])
        station.operators.add(who, name, roles, secret_from(new_pin_file, f"First PIN of {who}"), by=station.session)
    typer.echo(f"{who} may sign in and must choose an own PIN.")


@app.command()
def change(who: Who, role: Roles = None, close: Annotated[bool | None, typer.Option("--close/--open", help="Close or open it.")] = None,
           data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Change roles; close or open an account."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_OPERATORS) as station:
        if station.session is None:
            raise AccessError("Sign in with --as to change accounts; nothing was changed.", code="not-signed-in")
        station.operators.change(who, by=station.session, roles=role, active=None if close is None else not close)
    typer.echo(f"{who} is changed.")


@app.command()
def unlock(
    who: Who, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None
) -> None:
    """Open a locked account at once."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.UNLOCK_ACCOUNT) as station:
        if station.session is None:
            raise AccessError("Sign in with --as to unlock accounts; nothing was changed.", code="not-signed-in")
        station.operators.unlock(who, by=station.session)
    typer.echo(f"{who} may sign in again.")


@app.command()
def reset(who: Who, new_pin_file: NewPin = None, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
          pin_file: PinFile = None) -> None:  # fmt: skip
    """Give a new first PIN (and a new signing key)."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_OPERATORS) as station:
        if station.session is None:
            raise AccessError("Sign in with --as to reset a PIN; nothing was changed.", code="not-signed-in")
        station.operators.reset_secret(who, secret_from(new_pin_file, f"New first PIN of {who}"), by=station.session)
    typer.echo(f"{who} has a new first PIN and a new signing key.")


@app.command()
def pin(as_operator: AsOperator, new_pin_file: NewPin = None, data: Data = None, passphrase_file: PassphraseFile = None,
        pin_file: PinFile = None) -> None:  # fmt: skip
    """Change your own PIN."""
    old = secret_from(pin_file, f"PIN of {as_operator}")
    with opened(data, passphrase_file) as station:
        session = station.operators.sign_in(as_operator, old, desk="cli")
        station.operators.change_secret(session, old, secret_from(new_pin_file, "New PIN"))
        station.operators.sign_out(session, "command")
    typer.echo("Your PIN is changed.")
