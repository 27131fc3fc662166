"""Letting stations in: one-time codes, sign-in by challenge, operators named by their station.

The code never travels: both sides prove it with an HMAC, so that a stranger on the line learns nothing and the station knows that
the keys it pins are those of the intake that printed the code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import Any, Final

from station.errors import AccessError
from station.intake.service import Intake
from station.intake.settings import MAX_REQUEST_BYTES, OperatorPolicy
from station.keys.algorithms import KeyFormatError, SignerPublic
from station.package import PackageFormatError, SignatureError, cbor, peek_message, read_message
from station.queue.joining import ENROLL_PURPOSE, OPERATORS_PURPOSE, ROTATE_PURPOSE, code_key, code_parts, mac

MAX_TRIES: Final = 5
CHALLENGE_S: Final = 120
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class NotAdmittedError(AccessError):
    """A station or operator is not let in: a wrong or used code, an unknown key, a challenge that is too old.

    Which of these it was stays in the intake's log; the other side is told only *no*.
    """

    code = "not-admitted"


def new_code(intake: Intake, label: str = "") -> str:
    """Return a fresh one-time code, five groups of five; it is shown once and only its key is kept."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(5)]
    expires = intake.now_ms() + 1000 * intake.settings.code_expires_s
    code = "-".join(groups)
    intake.store.add_code(groups[0], code_key(code), expires, label)
    return code


def enroll(intake: Intake, body: bytes) -> bytes:
    """Answer an enrolment request: ``[code id, signed request, proof]`` → ``[intake's public side, proof]``.

    Repeating the same request with the same keys gives the same answer (the first answer may have been lost).

    Raises:
        NotAdmittedError, PackageFormatError, KeyFormatError.
    """
    match cbor.decode(body, max_bytes=MAX_REQUEST_BYTES):
        case [str(code_id), bytes(message), bytes(proof)]:
            pass
        case _:
            raise PackageFormatError("This is not an enrolment request.")
    found = intake.store.code(code_id)
    if found is None:
        raise NotAdmittedError("The code is not known here.")
    key, expires, used_by, tries, label = found
    if tries >= MAX_TRIES or intake.now_ms() > expires:
        raise NotAdmittedError("The code is used up or too old.")
    if not hmac.compare_digest(mac(key, b"station", message), proof):
        intake.store.code_failed(code_id)
        raise NotAdmittedError("The code is not right.")
    station, public = _request(message)
    if used_by not in {"", public.key_id}:
        raise NotAdmittedError("The code was used by another station.")
    _admit(intake, station, public)
    if not intake.store.use_code(code_id, public.key_id):
        raise NotAdmittedError("The code was used by another station.")
    intake.store.add_station(station, label, public.key_id, public.to_bytes(), intake.now_ms())
    answer = intake.public.to_bytes()
    return cbor.encode([answer, mac(key, b"intake", hashlib.sha256(message).digest() + answer)])


def _admit(intake: Intake, station: str, public: SignerPublic) -> None:
    if intake.store.has_station(station):  # only the same key may repeat itself: a code does not take over another station
        row = intake.station_by_key(public.key_id)
        if row is None or row.owner != station:
            raise NotAdmittedError("The station is known with another key, or revoked.")
    elif station != public.key_id[:16]:
        raise NotAdmittedError("The station's id is not that of its key.")


def rotate(intake: Intake, station: str, body: bytes) -> None:
    """Take a station's next key, signed for by the key in use; the old one stays good for what it signed.

    Raises:
        NotAdmittedError, PackageFormatError, KeyFormatError, SignatureError.
    """

    def find(key_id: str) -> SignerPublic | None:
        row = intake.station_by_key(key_id)
        return SignerPublic.from_bytes(row.public) if row is not None and row.owner == station else None

    proof = read_message(body, ROTATE_PURPOSE, find).body.get("proof")
    if not isinstance(proof, bytes):
        raise PackageFormatError("This is not a request for a new key.")
    named, public = _request(proof)  # the new key proves that it is held
    if named != station:
        raise NotAdmittedError("The new key is for another station.")
    intake.store.add_station(station, "", public.key_id, public.to_bytes(), intake.now_ms())


def _request(message: bytes) -> tuple[str, SignerPublic]:
    _, peeked = peek_message(message)
    raw = peeked.get("signer")
    if not isinstance(raw, bytes):
        raise PackageFormatError("An enrolment request without a key.")
    public = SignerPublic.from_bytes(raw)
    values = read_message(message, ENROLL_PURPOSE, lambda k: public if k == public.key_id else None).body
    station = values.get("station")
    if not isinstance(station, str) or len(station) != 16 or not set(station) <= set("0123456789abcdef"):
        raise PackageFormatError("An enrolment request without a station's id.")
    return station, public


@dataclass(frozen=True, slots=True)
class _Open:
    station: str
    until: float


class Doors:
    """Challenges and tokens. Both live in memory: after a restart stations simply sign in again."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._lock = threading.Lock()
        self._challenges: dict[str, float] = {}
        self._tokens: dict[bytes, _Open] = {}

    def challenge(self) -> str:
        """Return a fresh challenge, good for one sign-in within two minutes of the intake's own monotonic time."""
        now = self._intake.clock.monotonic()
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(24)).decode("ascii")
        with self._lock:
            if len(self._challenges) > 10_000:
                self._challenges = {c: t for c, t in self._challenges.items() if t > now}
                if len(self._challenges) > 10_000:  # a flood: forget the oldest half rather than grow
                    self._challenges = dict(list(self._challenges.items())[5_000:])
            self._challenges[fresh] = now + CHALLENGE_S
        return fresh

    def sign_in(self, body: bytes) -> tuple[str, str]:
        """Check a signed challenge; return (token, station).

        Raises:
            NotAdmittedError: unknown or revoked key, old or repeated challenge, another intake's name.
        """
        found: dict[str, str] = {}

        def find(key_id: str) -> SignerPublic | None:
            row = self._intake.station_by_key(key_id)
            if row is None:
                return None
            found["station"] = row.owner
            return SignerPublic.from_bytes(row.public)

        try:
            values = read_message(body, "session", find).body
        except (PackageFormatError, SignatureError, KeyFormatError) as error:
            raise NotAdmittedError("The sign-in is not by a station known here.") from error
        challenge, now = values.get("challenge"), self._intake.clock.monotonic()
        with self._lock:
            until = self._challenges.pop(challenge, -1.0) if isinstance(challenge, str) else -1.0
        if until < now or values.get("station") != found["station"] or values.get("intake") != self._intake.settings.name:
            raise NotAdmittedError("The challenge is too old, was used, or is for another.")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens = {t: o for t, o in self._tokens.items() if o.until > now}
            self._tokens[_name(token)] = _Open(found["station"], now + self._intake.settings.session_s)
        self._intake.store.seen(found["station"], self._intake.now_ms())
        return token, found["station"]

    def station(self, authorization: str) -> str | None:
        """Return whose token an Authorization header holds, or None. Looked up by its hash: nothing to time."""
        kind, _, token = authorization.partition(" ")
        if kind != "Bearer" or not 0 < len(token) <= 200:
            return None
        with self._lock:
            found = self._tokens.get(_name(token))
        if found is None or found.until < self._intake.clock.monotonic():
            return None
        return found.station

    def close_station(self, station: str) -> None:
        """Forget every token of a station (it was revoked)."""
        with self._lock:
            self._tokens = {t: o for t, o in self._tokens.items() if o.station != station}


def name_operators(intake: Intake, station: str, body: bytes) -> int:
    """Take in the operators a station names; they are active at once or wait for approval, as the settings say.

    Raises:
        NotAdmittedError, PackageFormatError, KeyFormatError.
    """

    def find(key_id: str) -> SignerPublic | None:
        row = intake.station_by_key(key_id)
        return SignerPublic.from_bytes(row.public) if row is not None and row.owner == station else None

    values: Any = read_message(body, OPERATORS_PURPOSE, find).body
    listed = values.get("operators")
    if not isinstance(listed, list) or len(listed) > 50:
        raise PackageFormatError("This is not a list of operators.")
    state = "active" if intake.settings.operators is OperatorPolicy.VOUCHED else "pending"
    for one in listed:
        match one:
            case [str(operator), bytes(raw)] if 0 < len(operator) <= 100:
                public = SignerPublic.from_bytes(raw)
                intake.store.add_operator(public.key_id, operator, station, public.to_bytes(), state=state, now=intake.now_ms())
            case _:
                raise PackageFormatError("This is not a list of operators.")
    return len(listed)


def _name(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


__all__ = ["Doors", "NotAdmittedError", "code_parts", "enroll", "name_operators", "new_code", "rotate"]
