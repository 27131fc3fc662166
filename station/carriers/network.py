"""The network carrier: a signed session with the pinned intake, a tus upload, and the question for the receipt."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from station.carriers.model import MAX_RESPONSE_BYTES, CarrierError, Delivery, Pace, Parcel, Report
from station.carriers.tus import CHUNK_BYTES, TusClient
from station.carriers.web import LineSettings, Reply, Web, unexpected
from station.keys.signing import Signer
from station.package.identity import IntakePublic
from station.package.signed import sign_message

SESSION_PURPOSE: Final = "session"
ANSWER_WAIT_S: Final = 8


class Session:
    """A short-lived token from the intake, got by signing its challenge: the station's own clock plays no part."""

    def __init__(self, web: Web, station: str, signer: Signer, intake: str) -> None:
        self._web, self._station, self._signer, self._intake = web, station, signer, intake
        self._token = ""

    def headers(self) -> dict[str, str]:
        """Return the authorisation header, signing in first when there is no token."""
        if not self._token:
            self.renew()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> None:
        """Sign in.

        Raises:
            CarrierError: ``not-enrolled`` when the intake does not know (or no longer accepts) this station.
        """
        challenge = json_reply(self._web.request("GET", "/v1/challenge"), "challenge").get("challenge")
        if not isinstance(challenge, str) or len(challenge) > 200:
            raise CarrierError("The peer's challenge is not one; nothing was signed.", code="peer-lies")
        body = sign_message(self._signer, SESSION_PURPOSE,
                            {"challenge": challenge, "station": self._station, "intake": self._intake})  # fmt: skip
        reply = self._web.request("POST", "/v1/session", content=body, headers={"Content-Type": "application/cbor"})
        if reply.status in {401, 403}:
            raise CarrierError("The centre does not know this station, or has revoked it; packages stay sealed here. "
                               "Enroll the station again.", code="not-enrolled")  # fmt: skip
        token = json_reply(reply, "session").get("token")
        if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= 500 or not token.isprintable():
            raise CarrierError("The peer's token is not one; nothing was sent.", code="peer-lies")
        self._token = token

    def request(self, method: str, path: str, *, content: bytes | None = None, read_s: float | None = None,
                limit: int = MAX_RESPONSE_BYTES) -> Reply:  # fmt: skip
        """Send an authorised request; a token that is no longer good is renewed once."""
        reply = self._web.request(method, path, headers=self.headers(), content=content, read_s=read_s, limit=limit)
        if reply.status == 401:
            self.renew()
            reply = self._web.request(method, path, headers=self.headers(), content=content, read_s=read_s, limit=limit)
        return reply


class TusCarrier:
    """`Carrier` over the network. Used by one thread.

    Args:
        base_url: the intake's address, for example ``https://intake.example/`` (behind TLS) or a loopback address.
        station: this station's id.
        signer: the station's signer.
        intake: the pinned intake.
        line: proxy, trust, client certificate, time-outs.
        pace: bandwidth limit.
    """

    name = "network"

    def __init__(self, base_url: str, *, station: str, signer: Signer, intake: IntakePublic, line: LineSettings | None = None,
                 pace: Pace | None = None, chunk_bytes: int = CHUNK_BYTES, answer_wait_s: int = ANSWER_WAIT_S) -> None:  # fmt: skip
        self._web = Web(base_url, line)
        self.session = Session(self._web, station, signer, intake.name)
        self._wait = answer_wait_s
        self._tus = TusClient(self._web, "/files", headers=self.session.headers, renew=self.session.renew, pace=pace,
                              chunk_bytes=chunk_bytes)  # fmt: skip

    def close(self) -> None:
        """Close connections."""
        self._web.close()

    def deliver(self, parcel: Parcel, report: Report, stop: threading.Event) -> Delivery:
        """See `Carrier.deliver`."""
        size, location = len(parcel.data), parcel.location
        if not parcel.already_sent:
            try:
                metadata = {"manifest": parcel.manifest_sha256, "sha256": parcel.sha256}
                location = self._tus.upload(parcel.data, metadata, location=parcel.location, report=report, stop=stop)
            except CarrierError as error:
                if error.reason_code != "already-there":
                    raise
        answer = self._answer(parcel.package_id)
        if answer is None:
            return Delivery(0, lost=True)
        return Delivery(size, location, answer or None)

    def _answer(self, package_id: str) -> bytes | None:
        """Return the intake's answer, b"" when it has the package but no answer yet, None when it knows nothing of it."""
        reply = self.session.request("GET", f"/v1/packages/{package_id}?wait={self._wait}", read_s=self._wait + 20.0)
        if reply.status == 200 and reply.headers.get("Content-Type") == "application/cbor":
            return reply.body
        if reply.status in {202, 404} and reply.headers.get("Enrollment-Intake") == "1":
            return b"" if reply.status == 202 else None
        raise unexpected(reply, "answer")


def json_reply(reply: Reply, what: str) -> dict[str, Any]:
    """Return the JSON object of a 200 answer.

    Raises:
        CarrierError: another status, or not JSON (a page of the network in between).
    """
    if reply.status != 200 or reply.headers.get("Content-Type", "").split(";")[0] != "application/json":
        raise unexpected(reply, what)
    try:
        value = json.loads(reply.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise CarrierError("The peer's answer is not one; nothing was believed.", code="peer-lies")
    return value
