"""Personalisation of a simulated chip: from a synthetic citizen to the files and keys of a Vietnamese card (or another document)."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from devices.simulated import card_groups
from devices.simulated.card_authority import START, Signer, TestAuthority, signed_data, test_authority
from devices.simulated.card_bytes import CHIP_CURVES, ChipCurve, der, der_int, der_oid
from devices.simulated.card_faults import Fault
from devices.simulated.card_groups import Citizen

BSI: Final = "0.4.0.127.0.7.2.2"
PACE_ARC: Final = {("GM", "dh"): 1, ("GM", "ecdh"): 2, ("IM", "dh"): 3, ("IM", "ecdh"): 4, ("CAM", "ecdh"): 6}


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One PACE protocol: mapping GM, IM or CAM; ecdh or dh; cipher 1 (3DES) or 2..4 (AES-128..256); domain parameter id."""

    mapping: str = "GM"
    agreement: str = "ecdh"
    cipher: int = 2
    parameter: int = 13

    @property
    def oid(self) -> str:
        """The protocol's identifier."""
        return f"{BSI}.4.{PACE_ARC[self.mapping, self.agreement]}.{self.cipher}"


@dataclass(frozen=True, slots=True)
class Design:
    """How a document type is made. The default is the Vietnamese card of 2021."""

    pace: tuple[PaceOffer, ...] = (PaceOffer(),)
    bac: bool = True
    chip_cipher: int | None = 2
    """Chip authentication: 1 (3DES) or 2..4 (AES); None for a chip without it."""
    chip_curve: int = 13
    chip_key_explicit: bool = False
    chip_key_ids: bool = False
    """Two static keys, told apart by their key id."""
    active: str | None = "ecdsa"
    scheme: str = "ecdsa"
    hash_name: str = "sha256"
    face_record: str = "19794-5"
    face_bytes: int = 20_000
    extra_groups: tuple[int, ...] = ()
    access_in_dg14: bool = True


@dataclass(slots=True)
class Personalised:
    """What stands in the chip: files by identifier (application and master file), keys, secrets."""

    files: dict[int, bytes]
    master_files: dict[int, bytes]
    can: str
    mrz_information: str
    design: Design
    chip_keys: dict[int | None, int]
    active_key: Any
    faults: frozenset[Fault]
    citizen: Citizen
    authority: TestAuthority
    signer: Signer
    locked: frozenset[int] = field(default=frozenset({0x0103}))

    def __repr__(self) -> str:
        return f"Personalised({len(self.files)} files)"


def synthetic_citizen(seed: int = 1) -> Citizen:
    """Return a made-up person; the same seed gives the same person. Nobody real has this number: its place code is no province's."""
    rng = random.Random(seed)
    sex = rng.choice("MF")
    family = rng.choice(("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Đặng", "Đỗ"))
    middle = rng.choice(("Văn", "Đức", "Hữu", "Quốc")) if sex == "M" else rng.choice(("Thị", "Ngọc", "Thu", "Bích"))
    given = (
        rng.choice(("An", "Bình", "Dũng", "Khánh", "Quân", "Tuấn"))
        if sex == "M"
        else rng.choice(("Ánh", "Hạnh", "Hương", "Thảo", "Yến"))
    )
    birth = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
    century = 2 * ((birth.year - 1900) // 100) + (sex == "F")
    number = f"999{century}{birth.year % 100:02d}{rng.randrange(10**6):06d}"
    issued = date(2021, 6, 1) + timedelta(days=rng.randrange(900))
    return Citizen(number=number, family=family, middle=middle, given=given, birth=birth, sex=sex, issued=issued,
                   expiry=issued.replace(year=issued.year + 15, day=min(issued.day, 28)), old_number=f"{rng.randrange(10**9):09d}")  # fmt: skip


def chip_authentication_key(seed: bytes, curve: ChipCurve) -> int:
    """Return a static private key (deterministic per seed, so that a chip can be made again)."""
    return int.from_bytes(hashlib.sha512(b"chip key" + seed).digest(), "big") % (curve.n - 1) + 1


@lru_cache(maxsize=8)
def _active_key(kind: str, label: str) -> Any:  # noqa: ARG001 - the label tells the genuine key from the copy's
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - what real early chips have
    return ec.generate_private_key(ec.SECP256R1())


def _public(curve: ChipCurve, key: int, *, explicit: bool) -> bytes:
    point = curve.spell(curve.times(key, curve.g))
    if explicit:
        width = curve.width
        parameters = der(0x30, der_int(1), der(0x30, der_oid("1.2.840.10045.1.1"), der_int(curve.p)),
                         der(0x30, der(0x04, curve.a.to_bytes(width, "big")), der(0x04, curve.b.to_bytes(width, "big"))),
                         der(0x04, curve.spell(curve.g)), der_int(curve.n), der_int(1))  # fmt: skip
    else:
        parameters = der_oid(curve.oid)
    return der(0x30, der(0x30, der_oid("1.2.840.10045.2.1"), parameters), der(0x03, b"\x00" + point))


def personalise(citizen: Citizen | None = None, design: Design | None = None, *, faults: frozenset[Fault] = frozenset(),
                authority: TestAuthority | None = None, signer: Signer | None = None,
                face: bytes | None = None) -> Personalised:  # fmt: skip
    """Make a chip's content.

    Args:
        citizen: who; a synthetic person when None.
        design: which document type; the Vietnamese card when None.
        faults: what to do wrong (only those about data and keys matter here).
        authority: the test state; this process's own when None.
        signer: the document signer; a fresh one of the authority when None.
        face: encoded image for DG2; a drawn face when None.
    """
    citizen = citizen or synthetic_citizen()
    design = design or Design()
    authority = authority or test_authority()
    curve = CHIP_CURVES[design.chip_curve]
    seed = citizen.number.encode()
    keys: dict[int | None, int] = {}
    infos: list[bytes] = []
    if design.chip_cipher is not None:
        for key_id in (1, 2) if design.chip_key_ids else (None,):
            keys[key_id] = chip_authentication_key(seed + repr(key_id).encode(), curve)
            tail = () if key_id is None else (der_int(key_id),)
            infos.append(der(0x30, der_oid(f"{BSI}.1.2"), _public(curve, keys[key_id], explicit=design.chip_key_explicit), *tail))
            infos.append(der(0x30, der_oid(f"{BSI}.3.2.{design.chip_cipher}"), der_int(1), *tail))
    offers = [der(0x30, der_oid(o.oid), der_int(2), der_int(o.parameter)) for o in design.pace]
    if design.access_in_dg14:
        infos += offers
    active_key = _active_key(design.active, "own") if design.active else None
    if design.active == "ecdsa":
        infos.append(der(0x30, der_oid("2.23.136.1.1.5"), der_int(1), der_oid("0.4.0.127.0.7.1.1.4.1.3")))
    groups = card_groups.build(
        citizen, design.face_record, design.face_bytes, face, design.extra_groups, bcd=Fault.DG12_BCD in faults
    )
    if infos:
        ordered = sorted(infos, reverse=Fault.DG14_UNSORTED in faults)
        groups[14] = der(0x6E, der(0x31, *ordered))
    if active_key is not None:
        groups[15] = der(0x6F, active_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    groups[3] = der(0x63, der(0x7F61, der_int(2)))
    signer = signer or _signer(authority, design, faults)
    files = {0x0100 + number: data for number, data in groups.items()}
    files[0x011D] = _security_object(groups, signer, design, faults)
    if Fault.COM_ABSENT not in faults:
        files[0x011E] = _com(groups, faults)
    master = {}
    if offers:
        shown = (
            [der(0x30, der_oid(PaceOffer(cipher=1, parameter=13).oid), der_int(2), der_int(13))]
            if Fault.ACCESS_ALTERED in faults
            else offers
        )
        extra = [der(0x30, der_oid(f"{BSI}.2"), der_int(1))]
        master[0x011C] = der(0x31, *extra, *shown)
        if any(o.mapping == "CAM" for o in design.pace):
            content = der(0x31, der(0x30, der_oid(f"{BSI}.1.2"), _public(curve, keys[next(iter(keys))], explicit=False)))
            master[0x011D] = signed_data("0.4.0.127.0.7.3.2.1", content, [signer], design.hash_name)
    made = Personalised(files, master, citizen.number[-6:], citizen.mrz_information, design, keys, active_key, faults, citizen,
                        authority, signer)  # fmt: skip
    return _spoil(made)


def _signer(authority: TestAuthority, design: Design, faults: frozenset[Fault]) -> Signer:
    if Fault.SIGNER_UNKNOWN in faults:
        return TestAuthority("CSCA Unknown State").signer(scheme=design.scheme)
    options: dict[str, Any] = {"scheme": design.scheme}
    if Fault.SIGNER_EXPIRED in faults:
        options |= {"years": 1}
    if Fault.SIGNER_NOT_YET_VALID in faults:
        options |= {"start": START + timedelta(days=365 * 14), "years": 0.5}
    if Fault.SIGNER_USAGE in faults:
        options |= {"usage": ("key_encipherment",)}
    if Fault.SIGNER_IS_AUTHORITY in faults:
        options |= {"authority": True, "usage": ("digital_signature", "key_cert_sign")}
    return authority.signer(**options, forged=Fault.SIGNER_FORGED in faults)


def _security_object(groups: dict[int, bytes], signer: Signer, design: Design, faults: frozenset[Fault]) -> bytes:
    if Fault.SOD_GARBAGE in faults:
        return der(0x77, b"\x30\x82\xff\xff garbage")
    hashed = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
              "sha512": "2.16.840.1.101.3.4.2.3"}[design.hash_name]  # fmt: skip
    entries = [der(0x30, der_int(number), der(0x04, hashlib.new(design.hash_name, data, usedforsecurity=False).digest()))
               for number, data in sorted(groups.items())]  # fmt: skip
    newer = Fault.SOD_V1 in faults
    version = [der(0x30, der(0x13, b"0108"), der(0x13, b"040000"))] if newer else []
    content = der(0x30, der_int(1 if newer else 0), der(0x30, der_oid(hashed), der(0x05)), der(0x30, *entries), *version)
    signers = [signer]
    if Fault.SEVERAL_SIGNERS in faults:
        signers = [TestAuthority("CSCA Another State").signer(), signer]
    return der(0x77, signed_data("2.23.136.1.1.1", content, signers, design.hash_name, wrong_digest=Fault.SOD_DIGEST in faults,
                                 wrong_type=Fault.SOD_TYPE in faults, wrong_signature=Fault.SOD_SIGNATURE in faults,
                                 misnamed=Fault.SIGNER_MISNAMED in faults))  # fmt: skip


def _com(groups: dict[int, bytes], faults: frozenset[Fault]) -> bytes:
    tags = [data[0] for number, data in sorted(groups.items()) if not (number == 15 and Fault.COM_OMITS_DG15 in faults)]
    if Fault.COM_LISTS_UNSIGNED in faults:
        tags.append(0x65)
    return der(0x60, der(0x5F01, b"0107"), der(0x5F36, b"040000"), der(0x5C, bytes(tags)))


def _spoil(made: Personalised) -> Personalised:
    """Plant the faults that appear after signing."""
    faults, files = made.faults, made.files
    if Fault.TAMPERED_DG1 in faults:
        files[0x0101] = files[0x0101].replace(b"VNM", b"VNN", 1)
    if Fault.TAMPERED_DG2 in faults:
        files[0x0102] = files[0x0102][:-1] + bytes((files[0x0102][-1] ^ 1,))
    if Fault.TAMPERED_DG13 in faults:
        files[0x010D] = files[0x010D].replace(made.citizen.number.encode(), b"999" + b"0" * 9, 1)
    if Fault.CLONE_CHIP_KEY in faults:
        curve = CHIP_CURVES[made.design.chip_curve]
        made.chip_keys = {key_id: chip_authentication_key(b"copy", curve) for key_id in made.chip_keys}
    if Fault.CLONE_ACTIVE_KEY in faults and made.active_key is not None:
        made.active_key = _active_key(made.design.active or "ecdsa", "copy")
    if Fault.WITHHOLD_DG15 in faults:
        files.pop(0x010F, None)
    if Fault.WITHHOLD_DG14 in faults:
        files.pop(0x010E, None)
    if Fault.DG3_NOT_FOUND in faults:
        files.pop(0x0103, None)
        made.locked = frozenset()
    if Fault.COM_LISTS_UNSIGNED in faults:
        files[0x0105] = der(0x65, b"\x02\x01\x00")
    if Fault.DG_TRUNCATED in faults:
        files[0x0102] = files[0x0102][:-100]
    if Fault.DG_HUGE in faults:
        files[0x0102] = b"\x75\x84\x7f\xff\xff\xff" + bytes(64)
    if Fault.WRONG_CAN in faults:
        made.can = f"{(int(made.can) + 1) % 10**6:06d}"
    if Fault.WRONG_MRZ in faults:
        made.mrz_information = made.mrz_information[:-1] + str((int(made.mrz_information[-1]) + 1) % 10)
    return made


def with_number(citizen: Citizen, number: str) -> Citizen:
    """Return the same person under another number."""
    return replace(citizen, number=number)
