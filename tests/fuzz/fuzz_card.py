"""Fuzzing of everything that a card, a barcode or a trust file can feed to the station.

A mutator works from valid seeds (synthetic cards) and keeps an input whenever it ends in a way not seen before: another error
message or another shape of result. Kept inputs stand in `corpus/card/*.txt`, one hex line each, and are run again every time.
Long: ``python -m tests.fuzz.fuzz_card TARGET SECONDS [--keep]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from biometrics.errors import FormatError
from biometrics.formats import iso39794_5
from devices import barcode, mrz
from devices.emrtd import cccd, certificates, chip_authentication, cms, keys, lds, security_infos, sod, tlv, trust
from devices.emrtd.apdu import parse_response
from devices.emrtd.crypto import AES_128, SessionKeys
from devices.emrtd.secure_messaging import SecureMessaging
from devices.errors import DeviceFormatError, DeviceProtocolError
from devices.simulated.card import Chip
from devices.simulated.card_authority import TestAuthority
from devices.simulated.card_issue import Design, Personalised, personalise

CORPUS = Path(__file__).parent / "corpus" / "card"
MAX_KEPT = 24
MAX_KEPT_BYTES = 700
ALLOWED = (DeviceFormatError, FormatError)


class Material:
    """Valid inputs, made once."""

    def __init__(self) -> None:
        self.authority = TestAuthority("CSCA Fuzz")
        self.card: Personalised = personalise(
            authority=self.authority, design=Design(face_bytes=600, extra_groups=(7, 11, 12, 16))
        )
        self.newer: Personalised = personalise(authority=self.authority, design=Design(face_bytes=600, face_record="39794-5",
                                                                                       chip_key_explicit=True, active="rsa"))  # fmt: skip


def _tlv(data: bytes) -> object:
    return len(list(tlv.walk(data)))


def _asn1(data: bytes) -> object:
    """SecurityInfos, keys inside, and the signature check with them."""
    infos = security_infos.parse(data)
    for key in infos.public_keys:
        keys.load_public_key(key.subject_public_key_info)
    security_infos.best_pace(infos)
    chosen = chip_authentication.choose(infos)
    return len(infos.pace), len(infos.public_keys), chosen is None


def _dg2(data: bytes) -> object:
    return tuple((face.record, face.media_type) for face in lds.parse_dg2(data))


def _face(data: bytes) -> object:
    return len(iso39794_5.parse(data))


def _dg13(data: bytes) -> object:
    holder = cccd.parse_dg13(data)
    return len(repr(holder)), holder.notes


def _groups(data: bytes) -> object:
    """EF.COM, DG1, 7, 11, 12, 15, 16: by the first byte, as the reading would."""
    parsers: dict[int, Callable[[bytes], object]] = {0x60: lds.parse_com, 0x61: lds.parse_dg1, 0x67: lds.parse_dg7, 0x6B: lds.parse_dg11,
                                                     0x6C: lds.parse_dg12, 0x6F: lds.parse_dg15, 0x70: lds.parse_dg16}  # fmt: skip
    parser = parsers.get(data[:1][0] if data else 0)
    return type(parser(data)).__name__ if parser else None


def _mrz(data: bytes) -> object:
    zone = mrz.parse(data)
    return zone.layout, zone.wrong, mrz.to_holder(zone).notes, len(zone.access_information)


def _qr(data: bytes) -> object:
    return barcode.parse_qr(data).notes


def _sod(data: bytes) -> object:
    security = sod.parse(data)
    for signer in security.message.signers:
        for certificate in security.message.candidates(signer):
            cms.verify_signer(security.message, signer, certificate)
    return security.hash_name, len(security.hashes)


def _certificate(data: bytes) -> object:
    certificate = certificates.load_certificate(data)
    certificate.public_key()
    return certificate.is_authority, certificate.country


def _master_list(data: bytes) -> object:
    certs, problems = trust.parse_master_list(data)
    return len(certs), problems


def _trust_file(data: bytes) -> object:
    """Any file of a trust folder: never raises at all."""
    store = trust.CscaStore()
    store.add("fuzz", data)
    store.settle()
    return len(store.authorities()), tuple(p.code for p in store.problems)


def _messaging(data: bytes) -> object:
    """A protected answer; a wrong checksum is a protocol error, so it counts as refused."""
    channel = SecureMessaging(SessionKeys(AES_128, bytes(16), bytes(16)))
    try:
        return channel.unwrap(parse_response(data)).sw
    except DeviceProtocolError as error:
        return str(error)


def _signature(data: bytes) -> object:
    """Active authentication: a key and a signature of the chip."""
    half = len(data) // 2
    return chip_authentication.signature_holds(data[:half], None, bytes(8), data[half:])


def _chip(data: bytes) -> object:
    """The simulated chip against a mad terminal: it answers something of two bytes or more, always."""
    answer = Chip(_MATERIAL[0].card).process(data)
    assert len(answer) >= 2
    return answer[-2:]


_MATERIAL: list[Material] = []


def material() -> Material:
    """Return the valid inputs, made on first use."""
    if not _MATERIAL:
        _MATERIAL.append(Material())
    return _MATERIAL[0]


def seeds(target: str) -> list[bytes]:
    """Return valid inputs for a target."""
    m = material()
    cards = (m.card, m.newer)
    found: dict[str, list[bytes]] = {
        "tlv": [m.card.files[0x0102][:400], m.card.files[0x010E], m.card.files[0x011D]],
        "asn1": [c.files[0x010E][4:] if c.files[0x010E][1] == 0x82 else c.files[0x010E][3:] for c in cards] + [m.card.master_files[0x011C]],
        "dg2": [c.files[0x0102] for c in cards],
        "face": [m.newer.files[0x0102][m.newer.files[0x0102].index(b"\x65") :]],
        "dg13": [m.card.files[0x010D]],
        "groups": [c.files[f] for c in cards for f in c.files if f in (0x011E, 0x0101, 0x0107, 0x010B, 0x010C, 0x010F, 0x0110)],
        "mrz": ["".join(m.card.citizen.mrz_lines).encode(), "\r\n".join(m.card.citizen.mrz_lines).encode(),
                b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"],
        "qr": [m.card.citizen.qr.encode(), m.card.citizen.qr.encode() + b"|1|2|3\r"],
        "sod": [c.files[0x011D] for c in cards],
        "certificate": [m.authority.der, m.card.signer.der],
        "master-list": [m.authority.master_list([m.authority.der])],
        "trust-file": [m.authority.der, m.authority.master_list([m.authority.der]), m.authority.revocation_list([1, 2])],
        "messaging": [bytes.fromhex("990290008E08FA855A5D4C50A8ED9000"), bytes.fromhex("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000")],
        "signature": [m.card.files[0x010F][2:] + bytes(len(m.card.files[0x010F]) - 2), m.newer.files[0x010F][3:] * 2],
        "chip": [bytes.fromhex(t) for t in ("00A4020C02011C", "00A4040C07A0000002471001", "0022C1A40F800A04007F00070202040202830102",
                                            "10860000027C0000", "0084000008", "0CB000000D9701048E08ED6705417E96BA5500")],
    }  # fmt: skip
    return found[target]


TARGETS: dict[str, Callable[[bytes], object]] = {
    "tlv": _tlv, "asn1": _asn1, "dg2": _dg2, "face": _face, "dg13": _dg13, "groups": _groups, "mrz": _mrz, "qr": _qr, "sod": _sod,
    "certificate": _certificate, "master-list": _master_list, "trust-file": _trust_file, "messaging": _messaging,
    "signature": _signature, "chip": _chip,
}  # fmt: skip
_INTERESTING = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF, 0x30, 0x31, 0x02, 0x04, 0x06, 0xA0, 0x3C, 0x7C)


def mutate(data: bytes, rng: Random) -> bytes:
    """Change a few bytes, lengths or pieces."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        kind = rng.randrange(8)
        at = rng.randrange(len(out)) if out else 0
        if kind == 0 and out:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at] = rng.choice(_INTERESTING)
        elif kind == 2 and out:
            out[at] = (out[at] + rng.choice((-1, 1, -2, 2))) & 0xFF
        elif kind == 3:
            out[at:at] = bytes(rng.choice(_INTERESTING) for _ in range(rng.choice((1, 2, 4, 40))))
        elif kind == 4 and out:
            del out[at : at + rng.choice((1, 2, 4, 40))]
        elif kind == 5 and out:
            del out[at:]
        elif kind == 6 and out:
            piece = out[at : at + rng.randrange(1, 64)]
            where = rng.randrange(len(out) + 1)
            out[where:where] = piece
        elif out:
            out[at : at + 2] = rng.randbytes(2)
    return bytes(out[:65536])


def outcome(target: str, data: bytes) -> object:
    """Run once; what is not an allowed error passes through and is a finding."""
    try:
        return TARGETS[target](data)
    except ALLOWED as error:
        return str(error)


def corpus(target: str) -> list[bytes]:
    """Return the kept inputs."""
    path = CORPUS / f"{target}.txt"
    return [bytes.fromhex(line) for line in path.read_text().split()] if path.exists() else []


def fuzz(target: str, *, seconds: float | None = None, runs: int | None = None, seed: int = 1) -> tuple[int, list[bytes]]:
    """Fuzz for a time or a number of runs; return how many ran and the inputs worth keeping."""
    rng = Random(seed)
    first = seeds(target)
    pool = first + corpus(target)
    seen = set()
    kept: list[bytes] = []
    for data in pool:
        seen.add(repr(outcome(target, data)))
    end = time.monotonic() + (seconds or 0)
    count = 0
    while (runs is not None and count < runs) or (runs is None and time.monotonic() < end):
        data = mutate(rng.choice(pool), rng)
        count += 1
        try:
            key = repr(outcome(target, data))
        except Exception:
            sys.stderr.write(f"\nfinding in {target}: {data.hex()}\n")
            raise
        if key not in seen:
            seen.add(key)
            pool.append(data)
            if len(kept) < MAX_KEPT and len(data) <= MAX_KEPT_BYTES:
                kept.append(data)
    return count, kept


def main(arguments: list[str]) -> int:
    """``TARGET SECONDS [--keep]``."""
    target, seconds = arguments[0], float(arguments[1])
    count, kept = fuzz(target, seconds=seconds, seed=int(time.time()))
    sys.stdout.write(f"{target}: {count} runs in {seconds:.0f} s, {len(kept)} new outcomes\n")
    if "--keep" in arguments and kept:
        CORPUS.mkdir(parents=True, exist_ok=True)
        lines = [data.hex() for data in (corpus(target) + kept)[:MAX_KEPT] if data]
        (CORPUS / f"{target}.txt").write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
