"""Opening and verifying: nothing is used before everything about it has been checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from station.dossier.events import Event
from station.errors import StationError
from station.keys.algorithms import SealedKey, Suite
from station.keys.sealing import Opener
from station.package import cbor, cose, layout
from station.package.cbor import PackageFormatError
from station.package.content import EVENTS_PART, MAX_MANIFEST_BYTES, Manifest, read_events, read_manifest
from station.package.cose import Find
from station.package.layout import HARD_LIMIT_BYTES, Header, Outer
from station.package.seal import MANIFEST_PURPOSES


@dataclass(frozen=True, slots=True)
class VerifiedPackage:
    """What can be known without the key: the outside is whole and signed by `station_key`."""

    header: Header
    recipients: tuple[str, ...]
    station_key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """An opened package: every part's bytes are those that were sealed (`part`), every signature was checked."""

    verified: VerifiedPackage
    manifest: Manifest
    signers: Mapping[str, str]
    """Role (``operator``, ``station``) → key id."""
    events: tuple[Event, ...]
    _parts: Mapping[str, memoryview]

    @property
    def package_id(self) -> str:
        """See `Manifest.package_id`."""
        return self.manifest.package_id

    @property
    def names(self) -> tuple[str, ...]:
        """The parts' names in the manifest's order."""
        return tuple(self._parts)

    def part(self, name: str) -> bytes:
        """Return one part's bytes (KeyError for an unknown name)."""
        return bytes(self._parts[name])


def verify_package(data: bytes | memoryview, find_station: Find, *, limit: int = HARD_LIMIT_BYTES) -> VerifiedPackage:
    """Check form, size and the station's signature over every byte, without opening.

    Raises:
        PackageFormatError: not a package, too large, another suite.
        SignatureError: altered, or by an unknown station.
    """
    outer = layout.parse(data, limit)
    return _verified(outer, data, find_station)


def open_package(data: bytes | memoryview, opener: Opener, *, find_station: Find, find_operator: Find,
                 limit: int = HARD_LIMIT_BYTES) -> OpenedPackage:  # fmt: skip
    """Open a package and check everything in it.

    Args:
        data: the package.
        opener: holds a recipient's private key.
        find_station: key id → a station's public key, None for a stranger.
        find_operator: the same for operators.
        limit: refuse larger packages.

    Raises:
        PackageFormatError: ``package-format``, ``package-too-large``, ``package-suite``, ``package-newer``,
            ``package-recipient`` (not sealed to us), ``package-altered`` (does not decrypt), ``manifest-schema``,
            ``part-altered``, ``events-format``.
        SignatureError: ``package-signature`` or ``signer-unknown``.
    """
    outer = layout.parse(data, limit)
    verified = _verified(outer, data, find_station)
    plain = _decrypt(outer, opener)
    match cbor.decode(memoryview(plain), max_bytes=HARD_LIMIT_BYTES, views=True):
        case [memoryview() as raw, list(signatures), list(parts)] if len(raw) <= MAX_MANIFEST_BYTES:
            pass
        case _:
            raise PackageFormatError("The opened body is not of the right form; nothing was used.")
    if hashlib.sha256(raw).hexdigest() != outer.header.manifest:
        raise PackageFormatError("The manifest is not the one the header names; nothing was used.", code="package-altered")
    finders = {"operator": find_operator, "station": find_station}
    signers = _check_signatures(layout._plain(signatures), bytes(raw), finders)  # noqa: SLF001 - same room
    manifest = read_manifest(bytes(raw))
    _agree(manifest, outer, opener, signers, verified)
    if len(parts) != len(manifest.parts):
        raise PackageFormatError("The package does not hold the parts its manifest lists; nothing was used.", code="part-altered")
    held = {}
    for note, part in zip(manifest.parts, parts, strict=True):
        if not isinstance(part, memoryview) or len(part) != note.size or hashlib.sha256(part).hexdigest() != note.sha256:
            raise PackageFormatError("A part is not what the manifest says; nothing was used.", code="part-altered")
        held[note.name] = part
    if EVENTS_PART not in held:
        raise PackageFormatError("The package holds no events; nothing was used.", code="events-format")
    events = read_events(held[EVENTS_PART])
    if any(e.dossier != manifest.dossier for e in events):
        raise PackageFormatError("The package holds events of another dossier; nothing was used.", code="events-format")
    return OpenedPackage(verified, manifest, signers, events, held)


def _verified(outer: Outer, data: bytes | memoryview, find_station: Find) -> VerifiedPackage:
    key = layout.check_seal(outer, find_station)
    return VerifiedPackage(outer.header, tuple(k for k, _ in outer.recipients), key, hashlib.sha256(data).hexdigest(), len(data))


def _decrypt(outer: Outer, opener: Opener) -> bytearray:
    sealed = dict(outer.recipients).get(opener.key_id)
    if sealed is None:
        raise PackageFormatError("The package is not sealed to this key; nothing was opened.", code="package-recipient")
    try:
        key = opener.open_key(SealedKey(opener.key_id, Suite(outer.header.suite), sealed), layout.key_info(outer.header.raw))
    except StationError as error:
        raise PackageFormatError("The sealed key does not open; nothing was used.", code="package-altered") from error
    if len(key) != 32:
        raise PackageFormatError("The sealed key is not one; nothing was used.", code="package-altered")
    tag_at = len(outer.body) - layout.TAG_BYTES
    decryptor = Cipher(algorithms.AES256(key), modes.GCM(outer.header.nonce, bytes(outer.body[tag_at:]))).decryptor()
    decryptor.authenticate_additional_data(outer.header.raw)
    plain = bytearray(tag_at)
    decryptor.update_into(outer.body[:tag_at], plain)
    try:
        decryptor.finalize()  # only now may `plain` be looked at
    except InvalidTag as error:
        raise PackageFormatError("The body does not decrypt; nothing was used.", code="package-altered") from error
    return plain


def _check_signatures(signatures: object, manifest: bytes, finders: Mapping[str, Find]) -> dict[str, str]:
    signers: dict[str, str] = {}
    if isinstance(signatures, list) and len(signatures) == len(finders):
        for one in signatures:
            match one:
                case [str(role), pair] if role in finders and role not in signers:
                    signers[role] = cose.verify(pair, manifest, MANIFEST_PURPOSES[role], finders[role])
    if set(signers) != set(finders):
        raise PackageFormatError("The manifest must be signed by one operator and one station; nothing was used.",
                                 code="package-signature")  # fmt: skip
    return signers


def _agree(manifest: Manifest, outer: Outer, opener: Opener, signers: Mapping[str, str], verified: VerifiedPackage) -> None:
    """Inside and outside must tell the same story: no manifest of one package in the envelope of another (nor re-sealed on)."""
    same = (
        manifest.station == outer.header.station
        and manifest.kind == outer.header.kind
        and tuple(k for k, _ in outer.recipients) == manifest.recipients
        and opener.key_id in manifest.recipients
        and signers["station"] == verified.station_key
    )
    if not same:
        raise PackageFormatError("The package's inside and outside do not agree; nothing was used.", code="package-altered")
