"""`station operators`: accounts and roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened, secret_from
from station.errors import AccessError, InputError
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
        alone = station.session is None  # the first account: whoever makes it chose the PIN for themselves
        secret = secret_from(new_pin_file, f"{'PIN' if alone else 'First PIN'} of {who}")
        station.operators.add(who, name, roles, secret, by=station.session, must_change=not alone)
    typer.echo(f"{who} may sign in." if alone else f"{who} may sign in and must choose an own PIN.")


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


@app.command()
def card(as_operator: AsOperator, label: Annotated[str, typer.Option(help="Label of the card's token; default: the only one.")] = "",
         card_pin_file: Annotated[Path | None, typer.Option(help="File with the card's PIN; without it you are asked.", show_default=False)] = None,
         remove: Annotated[str, typer.Option(help="Let this operator's card sign nobody in any more.")] = "", data: Data = None,
         passphrase_file: PassphraseFile = None, pin_file: PinFile = None) -> None:  # fmt: skip
    """Add your smart card (the library STATION_PKCS11_MODULE) so that it signs you in; or remove one."""
    import os

    from station.keys.cards import add_card, remove_card
    from station.keys.token import TokenClient

    with opened(data, passphrase_file, as_operator, pin_file) as station:
        if station.session is None:
            raise AccessError("Sign in with --as first; nothing was changed.", code="not-signed-in")
        if remove:
            remove_card(station.operators, remove, by=station.session)
            typer.echo(f"No card signs {remove} in any more.")
            return
        module = os.environ.get("STATION_PKCS11_MODULE", "")
        client = TokenClient(module, secret_from(card_pin_file, "PIN of the card"), label)
        try:
            serial = add_card(station.operators, station.session, client)
        finally:
            client.close()
    typer.echo(f"Card {serial} signs {as_operator} in.")


@app.command("forget-fingers")
def forget_fingers(who: Who, reason: Annotated[str, typer.Option(help="Why.")], as_operator: AsOperator, data: Data = None,
                   passphrase_file: PassphraseFile = None, pin_file: PinFile = None) -> None:  # fmt: skip
    """Delete an operator's own enrolled fingers: their own, or anybody's by who manages operators."""
    from station.keys.fingers import OperatorFingers

    with opened(data, passphrase_file, as_operator, pin_file) as station:
        if station.session is None:
            raise AccessError("Sign in with --as first; nothing was changed.", code="not-signed-in")
        OperatorFingers(station.keys, station.operators).delete(who, by=station.session, reason=reason)
    typer.echo(f"No finger of {who} is kept.")


@app.command()
def fingers(as_operator: AsOperator, prints: Annotated[list[Path], typer.Argument(help="Pictures of your fingers, named NN.png by ISO position.")],
            consent: Annotated[bool, typer.Option("--consent", help="You agree that templates of your fingers are kept until you take it back.")] = False,
            data: Data = None, passphrase_file: PassphraseFile = None, pin_file: PinFile = None) -> None:  # fmt: skip
    """Enroll your own fingers, so that a print of yours among a citizen's is noticed. Only templates are kept; delete them at any time."""
    from biometrics.positions import FingerPosition
    from station.commands.prints import read_print
    from station.keys.fingers import OperatorFingers

    templates = {}
    for path in prints:
        if not path.stem.isdigit() or not 1 <= int(path.stem) <= 10:
            raise InputError(
                f"{path.name}: name a print by its finger's position, 01 to 10. Nothing was stored.", code="fingers-count"
            )
        templates[FingerPosition(int(path.stem))] = read_print(path).template
    with opened(data, passphrase_file, as_operator, pin_file) as station:
        if station.session is None:
            raise AccessError("Sign in with --as first; nothing was changed.", code="not-signed-in")
        OperatorFingers(station.keys, station.operators).enroll(station.session, templates, consent=consent)
    typer.echo(
        f"{len(templates)} fingers of {as_operator} are kept as templates. Take it back: station operators forget-fingers {as_operator}"
    )
