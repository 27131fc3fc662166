"""Basic Access Control, ICAO Doc 9303-11 section 4.3: mutual authentication from the MRZ, for chips that offer no PACE."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from devices.emrtd.apdu import Command, meaning
from devices.emrtd.crypto import TRIPLE_DES, SessionKeys, equal
from devices.emrtd.errors import CardAccessError, CardBlockedError, CardStatusError
from devices.emrtd.secure_messaging import SecureMessaging
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.emrtd.access import AccessKey
    from devices.emrtd.session import CardSession


def document_keys(seed: bytes) -> SessionKeys:
    """Return KEnc and KMac of the document from Kseed."""
    return SessionKeys.from_secret(TRIPLE_DES, seed)


def challenge(keys: SessionKeys, nonce_ifd: bytes, nonce_ic: bytes, key_ifd: bytes) -> bytes:
    """Return EIFD || MIFD, the data of EXTERNAL AUTHENTICATE."""
    secret = TRIPLE_DES.encrypt(keys.enc, nonce_ifd + nonce_ic + key_ifd)
    return secret + TRIPLE_DES.mac(keys.mac, secret)


def session_keys(keys: SessionKeys, answer: bytes, nonce_ifd: bytes, nonce_ic: bytes, key_ifd: bytes) -> tuple[SessionKeys, int]:
    """Check the chip's answer and return the session keys with the first counter.

    Raises:
        DeviceFormatError: wrong length.
        CardAccessError: the checksum or the nonces are not those of this run.
    """
    if len(answer) != 40:
        raise DeviceFormatError("The card's answer to the mutual authentication has a wrong length.")
    if not equal(TRIPLE_DES.mac(keys.mac, answer[:32]), answer[32:]):
        raise CardAccessError("The card did not prove that it knows the key; nothing was read. Check the MRZ lines.")
    plain = TRIPLE_DES.decrypt(keys.enc, answer[:32])
    if not equal(plain[:16], nonce_ic + nonce_ifd):
        raise CardAccessError("The card answered another challenge than this one; nothing was read. Put the card down again.")
    seed = bytes(a ^ b for a, b in zip(key_ifd, plain[16:], strict=True))
    return SessionKeys.from_secret(TRIPLE_DES, seed), int.from_bytes(nonce_ic[4:] + nonce_ifd[4:], "big")


def run(session: CardSession, key: AccessKey, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
    """Open the chip by BAC; the eMRTD application must be selected. Afterwards `session` is protected.

    Raises:
        CardAccessError: the chip refuses the key.
        CardBlockedError: the chip is blocked or asks to wait.
        CardStatusError: the chip cannot do BAC.
    """
    keys = document_keys(key.bac_seed)
    answer = session.send(Command(0x00, 0x84, 0x00, 0x00, b"", 8))
    if not answer.ok or len(answer.data) != 8:
        raise CardStatusError("The card gave no challenge for the old access method; nothing was read.", sw=answer.sw)
    nonce_ic, nonce_ifd, key_ifd = answer.data, random(8), random(16)
    reply = session.send(Command(0x00, 0x82, 0x00, 0x00, challenge(keys, nonce_ifd, nonce_ic, key_ifd), 0x28))
    if not reply.ok:
        if reply.sw in (0x6983, 0x6985):
            raise CardBlockedError("The card asks to wait after wrong keys; nothing was read. Take it off for ten seconds, "
                                   "check the MRZ and try again.", status=meaning(reply.sw))  # fmt: skip
        raise CardAccessError(
            "The card refused the MRZ; nothing was read. Scan the lines on the back again.", status=meaning(reply.sw)
        )
    session.protection = SecureMessaging(*session_keys(keys, reply.data, nonce_ifd, nonce_ic, key_ifd))
