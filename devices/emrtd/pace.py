"""PACE, ICAO Doc 9303-11 section 4.4: a strong channel from a short secret, by generic, integrated or chip mapping.

Four GENERAL AUTHENTICATE steps: encrypted nonce, mapping, ephemeral keys, tokens. A wrong secret shows itself only at the
token. A failure here never leads to BAC: the caller raises `CardDowngradeError` instead (a chip that offers PACE and breaks
it may be an attacker between reader and card).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.emrtd import tlv
from devices.emrtd.apdu import Command, Response, meaning
from devices.emrtd.crypto import SessionKeys, equal, unpad
from devices.emrtd.errors import CardAccessError, CardBlockedError, CardStatusError
from devices.emrtd.mapping import Agreement, agreement
from devices.emrtd.secure_messaging import SecureMessaging
from devices.emrtd.security_infos import Mapping, PaceInfo
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from devices.emrtd.access import AccessKey
    from devices.emrtd.session import CardSession


@dataclass(frozen=True, slots=True, repr=False)
class PaceResult:
    """What a run leaves for later checks: for chip-authentication mapping the chip's mapping key and its decrypted proof."""

    info: PaceInfo
    chip_mapping_key: bytes = b""
    chip_proof: bytes = b""


def run(session: CardSession, info: PaceInfo, key: AccessKey, *, agree: Agreement | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes) -> PaceResult:  # fmt: skip
    """Open the chip by PACE as `info` offers it. Afterwards `session` is protected with a counter of zero.

    Raises:
        CardAccessError: the token is wrong or refused: another CAN or MRZ than this chip's.
        CardBlockedError: the password is suspended or blocked.
        CardStatusError: a step was refused for another reason.
        DeviceFormatError: an answer or a key of the chip is malformed.
    """
    agree = agree or agreement(info)
    _set_template(session, info, key)
    suite = info.suite
    encrypted = _step(session, b"", 0x80)
    # Two lengths are in use; the integrated mapping keys its cipher with the nonce, so a short one would weaken it.
    allowed = (32,) if info.mapping is Mapping.INTEGRATED and suite.key_length > 16 else (16, 32)
    if len(encrypted) not in allowed:
        raise DeviceFormatError("The chip's encrypted nonce has a wrong length.")
    nonce = suite.decrypt(key.pace_key(suite), encrypted)
    chip_mapping = b""
    if info.mapping is Mapping.INTEGRATED:
        own = random(suite.key_length)
        _step(session, tlv.encode(0x81, own), 0x82, may_be_empty=True)
        agree.map_integrated(suite, nonce, own)
    else:
        private = agree.new_key()
        chip_mapping = _step(session, tlv.encode(0x81, agree.map_key(private)), 0x82)
        agree.map_generic(nonce, private, chip_mapping)
    private = agree.new_key()
    public = agree.public(private)
    chip_public = _step(session, tlv.encode(0x83, public), 0x84)
    if equal(public, chip_public) or (chip_mapping and equal(chip_mapping, chip_public)):
        raise DeviceFormatError("The chip repeats a public key instead of making its own.")
    keys = SessionKeys.from_secret(suite, agree.secret(private, chip_public))
    token = suite.mac(keys.mac, agree.token_input(info.protocol, chip_public))
    last = _general(session, tlv.encode(0x85, token), last=True)
    if not last.ok:
        raise _refusal(last)
    items = _dynamic(last.data)
    expected = suite.mac(keys.mac, agree.token_input(info.protocol, public))
    if not equal(tlv.need(items, 0x86).value, expected):
        raise CardAccessError("The card did not prove that it knows the access number; nothing was read. Check the number.")
    session.protection = SecureMessaging(keys)
    proof = b""
    if info.mapping is Mapping.CHIP_AUTHENTICATION:
        sealed = tlv.need(items, 0x8A).value
        proof = unpad(suite.decrypt(keys.enc, sealed, suite.encrypt(keys.enc, b"\xff" * suite.block)))
    return PaceResult(info, chip_mapping, proof)


def _set_template(session: CardSession, info: PaceInfo, key: AccessKey) -> None:
    base = tlv.encode(0x80, tlv.encode_oid(info.protocol)) + tlv.encode(0x83, bytes([key.kind.value]))
    answer = session.send(Command(0x00, 0x22, 0xC1, 0xA4, base))
    if answer.sw in (0x6A80, 0x6A87, 0x6A88) and info.parameter is not None:
        # Some documents want the domain parameters named even when they offer only one (tag 84).
        answer = session.send(Command(0x00, 0x22, 0xC1, 0xA4, base + tlv.encode(0x84, bytes([info.parameter]))))
    if answer.sw & 0xFFF0 == 0x63C0 and answer.sw != 0x63C0:
        return  # a warning: so many tries are left
    if not answer.ok:
        raise _refusal(answer)


def _general(session: CardSession, content: bytes, *, last: bool) -> Response:
    return session.send(Command(0x00 if last else 0x10, 0x86, 0x00, 0x00, tlv.encode(0x7C, content), 256))


def _dynamic(data: bytes) -> list[tlv.Tlv]:
    item, end = tlv.parse_one(data)
    if item.tag != 0x7C or end != len(data):
        raise DeviceFormatError("The chip's authentication data are not what this step asks for.")
    return item.children()


def _step(session: CardSession, content: bytes, expected: int, *, may_be_empty: bool = False) -> bytes:
    answer = _general(session, content, last=False)
    if not answer.ok:
        raise _refusal(answer)
    items = _dynamic(answer.data)
    if may_be_empty and not items:
        return b""
    return tlv.need(items, expected).value


def _refusal(answer: Response) -> CardStatusError | CardAccessError:
    if answer.sw in (0x6983, 0x6985, 0x63C0):
        return CardBlockedError("The card asks to wait after wrong numbers; nothing was read. Take it off for ten seconds, check "
                                "the number and try again.", status=meaning(answer.sw))  # fmt: skip
    if answer.sw == 0x6300 or answer.sw & 0xFFF0 == 0x63C0:
        return CardAccessError("The card refused the access number; nothing was read. Check the number and try again.")
    return CardStatusError("The card broke off while the protected channel was set up; nothing was read. Put it down again.",
                           sw=answer.sw)  # fmt: skip
