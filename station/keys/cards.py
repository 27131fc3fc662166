"""An operator's smart card, instead of the PIN of the account: the card's own PIN opens it, and it opens the operator's signing key.

The key is wrapped to a key pair that never leaves the card (ECDH, `TokenWrapper`), so having the card and its PIN is what signs in: no
secret of the card is stored, a copied journal opens nothing, and it works offline. The PIN of the account keeps working; resetting it
makes a new signing key, and the card has to be added again. The card's own library counts wrong PINs and locks the card.
"""

from __future__ import annotations

from typing import Final

from station.errors import AccessError, InputError
from station.keys.algorithms import KeyFormatError
from station.keys.operators import Operators, OperatorSession
from station.keys.roles import Permission
from station.keys.signing import SoftwareSigner
from station.keys.token import TokenClient, TokenError, TokenWrapper
from station.keys.wrap import WrongSecretError, unwrap_secret, wrap_secret

LABEL: Final = "enrollment operator"
_PURPOSE: Final = "operator card"


def add_card(operators: Operators, session: OperatorSession, client: TokenClient) -> str:
    """Let the card in `client` sign the operator of `session` in from now on, in place of an earlier one; return its serial number.

    Raises:
        TokenError: the card cannot make or use a key. InputError: the session's key is not one that can be wrapped.
    """
    if not isinstance(session.signer, SoftwareSigner):
        raise InputError("This operator's key lies on a token already; nothing was changed.", code="card-unfit")
    wrapped = wrap_secret(_PURPOSE, session.signer.to_secret(), TokenWrapper(client, LABEL))
    operators.note_card(session, session.operator_id, wrapped, client.serial)
    return str(client.serial)


def remove_card(operators: Operators, operator_id: str, *, by: OperatorSession) -> None:
    """Let no card sign `operator_id` in any more (lost, given back): by themselves or by who manages operators."""
    if by.operator_id != operator_id:
        by.require(Permission.MANAGE_OPERATORS)
    operators.note_card(by, operator_id, b"", "")


def sign_in_by_card(
    operators: Operators, operator_id: str, client: TokenClient, *, desk: str, why: str = "card"
) -> OperatorSession:
    """Sign in by the card that is in `client` (its PIN opened it); both outcomes are written before this returns.

    Raises:
        LockedError: the account is locked. SignInError: no such account, closed, or another card.
    """
    account = operators.accounts().get(operator_id)
    if account is not None:
        operators.require_open(account)
    if account is None or not account.active or not account.card:
        raise operators.failed(account, desk)
    try:
        signer = SoftwareSigner.from_secret(unwrap_secret(account.card, _PURPOSE, TokenWrapper(client, LABEL)))
    except (WrongSecretError, TokenError, KeyFormatError) as error:
        raise operators.failed(account, desk) from error
    if signer.public != account.public:
        raise AccessError(
            "The card holds a former key of this operator; nothing was opened. Add the card again.", code="card-unfit"
        )
    return operators.signed_in(account, signer, desk, why)
