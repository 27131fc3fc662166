"""Sealing: list, sign, encrypt once, seal the key to each recipient, sign the whole. The sealer cannot open the result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from station.keys.algorithms import RecipientPublic
from station.keys.sealing import Sealer
from station.keys.signing import Signer
from station.package import cbor, cose, layout
from station.package.cbor import PackageFormatError
from station.package.content import PackageContent, PackageKind, all_parts, write_manifest

MANIFEST_PURPOSES: Final = {"station": "package manifest by station", "operator": "package manifest by operator"}
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """The finished package. `data` is what travels; `sha256` its hash; `manifest_sha256` names its content."""

    data: bytes
    package_id: str
    manifest_sha256: str
    sha256: str
    dossier: str
    station: str
    kind: PackageKind


def seal_package(content: PackageContent, *, station: Signer, operator: Signer, recipients: Sequence[RecipientPublic], sealer: Sealer,
                 limit: int = layout.LIMIT_BYTES) -> SealedPackage:  # fmt: skip
    """Seal `content` to `recipients`.

    Args:
        content: what to seal.
        station: the station's signer; signs the manifest and the whole package.
        operator: the signed-in operator's signer; signs the manifest.
        recipients: public sealing keys (1 to 64): the intake's, or the team's for a draft.
        sealer: seals the content key to each.
        limit: refuse a larger result before anything is written (E45).

    Returns:
        the package; peak memory is about twice its size beside the parts themselves.

    Raises:
        PackageFormatError: ``package-too-large`` (details: bytes, limit, largest part), an unusable part.
    """
    if not 1 <= len(recipients) <= layout.MAX_RECIPIENTS:
        raise PackageFormatError("A package needs 1 to 64 recipients; nothing was sealed.")
    parts = all_parts(content)
    ids = tuple(r.key_id for r in recipients)
    manifest = write_manifest(content, parts, ids, os.urandom(16))
    signers = (("operator", operator), ("station", station))
    signatures = [[role, cose.sign(signer, manifest, MANIFEST_PURPOSES[role])] for role, signer in signers]
    prefix = b"\x83" + cbor.encode(manifest) + cbor.encode(signatures) + _head(4, len(parts))
    pieces = [prefix]
    for part in parts:
        pieces += [_head(2, len(part.data)), part.data]
    plain_bytes = sum(len(p) for p in pieces)
    if plain_bytes + 20_000 > limit:
        largest = max(parts, key=lambda p: len(p.data))
        raise PackageFormatError(
            f"The package would have {plain_bytes} bytes, more than the {limit} allowed; nothing was sealed. "
            f"The largest part is {largest.name} with {len(largest.data)} bytes.",
            code="package-too-large", bytes=plain_bytes, limit=limit, part=largest.name,
        )  # fmt: skip
    nonce, key = os.urandom(12), os.urandom(32)
    digest = hashlib.sha256(manifest)
    header = layout.write_header(kind=content.kind, station=content.station, manifest_sha256=digest.digest(), nonce=nonce,
                                 plain_bytes=plain_bytes)  # fmt: skip
    body = _encrypt(pieces, plain_bytes, key, nonce, header)
    sealed = [[bytes.fromhex(s.recipient), s.value] for s in sealer.seal_key(key, layout.key_info(header), recipients)]
    seal = cose.sign(station, layout.seal_payload(header, sealed, body), layout.SEAL_PURPOSE)
    data = b"".join((b"\x84", cbor.encode(header), cbor.encode(sealed), _head(2, len(body)), body, cbor.encode(seal)))
    return SealedPackage(data, digest.hexdigest()[:32], digest.hexdigest(), hashlib.sha256(data).hexdigest(), content.dossier,
                         content.station, content.kind)  # fmt: skip


def _encrypt(pieces: list[bytes], plain_bytes: int, key: bytes, nonce: bytes, header: bytes) -> bytearray:
    """AES-256-GCM over the pieces as one text, into one buffer: the plain body never stands in memory as a whole."""
    encryptor = Cipher(algorithms.AES256(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(header)
    body = bytearray(plain_bytes + layout.TAG_BYTES)
    at = 0
    with memoryview(body) as out:
        for piece in pieces:
            with memoryview(piece) as view:
                for start in range(0, len(view), _CHUNK):
                    at += encryptor.update_into(view[start : start + _CHUNK], out[at:])
    encryptor.finalize()
    body[at:] = encryptor.tag
    return body


def _head(major: int, number: int) -> bytes:
    """The head of a CBOR byte string (2) or array (4), shortest form."""
    if number < 24:
        return bytes([major << 5 | number])
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * width):
            return bytes([major << 5 | info]) + number.to_bytes(width, "big")
    raise ValueError("a length of more than 64 bits")
