"""Operators' own fingers, so that an operator's print among a citizen's is noticed (`check_sequence(..., operators=...)`).

They are personal data of employees: enrolled only by the operator themselves, with a consent they sign, kept as templates (never as
pictures) under the master key outside the journal, and deleted at once when asked, at a leave, or by who manages operators. The
journal says that it happened and the digest of what was kept, never the template; a backup made later no longer holds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import cbor2

from biometrics.fingerprint.matching import KnownPeople
from biometrics.fingerprint.minutiae import Template, from_bytes, to_bytes
from biometrics.positions import FingerPosition
from station.errors import InputError
from station.keys.operators import Operators, OperatorSession
from station.keys.roles import Permission
from station.keys.store import StationKeys

MAX_FINGERS: Final = 10
CONSENT: Final = "operator.fingers.consent.1"
"""The catalogue's code of the text that was shown; a new text gets a new number."""
_PURPOSE: Final = "operator fingers"


class OperatorFingers:
    """The one door to operators' templates."""

    def __init__(self, keys: StationKeys, operators: Operators) -> None:
        self._keys, self._operators = keys, operators

    def enroll(self, session: OperatorSession, fingers: Mapping[FingerPosition, Template], *, consent: bool) -> None:
        """Keep the signed-in operator's own fingers, in place of earlier ones.

        Raises:
            InputError: no consent, no finger or more than ten; nothing was kept.
        """
        if not consent:
            raise InputError(
                "Without consent no finger is kept; nothing was stored. Work goes on without.", code="fingers-consent"
            )
        if not 1 <= len(fingers) <= MAX_FINGERS:
            raise InputError("One to ten fingers are kept; nothing was stored.", code="fingers-count")
        rows = [[int(position), to_bytes(template)] for position, template in sorted(fingers.items())]
        data = cbor2.dumps(rows, canonical=True)
        digest = hashlib.sha256(data).digest()
        signed = cbor2.dumps([CONSENT, session.operator_id, digest], canonical=True)
        self._operators.note_fingers(session, {
            "operator": session.operator_id, "change": "enrolled", "positions": [p for p, _ in rows], "digest": digest,
            "consent": [s.to_bytes() for s in session.signer.sign(signed)], "text": CONSENT,
        })  # fmt: skip
        self._keys.keep(_name(session.operator_id), _PURPOSE, data)

    def delete(self, operator_id: str, *, by: OperatorSession, reason: str) -> None:
        """Delete an operator's fingers: by themselves (consent taken back) or by who manages operators.

        Raises:
            NotAllowedError: somebody else's, without the right.
        """
        if by.operator_id != operator_id:
            by.require(Permission.MANAGE_OPERATORS)
        self._keys.drop(_name(operator_id))
        self._operators.note_fingers(by, {"operator": operator_id, "change": "deleted", "reason": reason[:200]})

    def enrolled(self, operator_id: str) -> tuple[FingerPosition, ...]:
        """Return which fingers of an operator are kept."""
        return tuple(position for position, _ in self._rows(operator_id))

    def known(self) -> KnownPeople:
        """Return the active operators' fingers for the sequence check of a whole enrollment."""
        people = KnownPeople()
        for operator_id, account in self._operators.accounts().items():
            if account.active:
                for position, template in self._rows(operator_id):
                    people.add(operator_id, position, template)
        return people

    def _rows(self, operator_id: str) -> list[tuple[FingerPosition, Template]]:
        data = self._keys.kept(_name(operator_id), _PURPOSE)
        return [(FingerPosition(p), from_bytes(t)) for p, t in cbor2.loads(data)] if data is not None else []


def _name(operator_id: str) -> str:
    return f"fingers-{operator_id}"
