"""The outermost bytes of a package: header, sealed keys, body, the station's seal over all three."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from station.package import cbor, cose
from station.package.cbor import PackageFormatError
from station.package.content import PackageKind

FORMAT: Final = "enrollment-package"
VERSION: Final = 1
SUITE: Final = 1
"""1 = HPKE base mode MLKEM768_X25519 / HKDF-SHA256 / AES-256-GCM for the key, AES-256-GCM for the body."""

SUITES: Final = frozenset({SUITE})
LIMIT_BYTES: Final = 16_000_000
"""What a station seals and an intake accepts."""
HARD_LIMIT_BYTES: Final = 64_000_000
"""What any reader looks at, whatever its settings say."""
MAX_RECIPIENTS: Final = 64
TAG_BYTES: Final = 16
SEAL_PURPOSE: Final = "package seal"


@dataclass(frozen=True, slots=True)
class Header:
    """What anyone may read of a package: nothing about a person.

    `manifest` is the SHA-256 of the manifest inside, `plain_bytes` the length of the body before encryption.
    """

    suite: int
    kind: PackageKind
    station: str
    manifest: str
    nonce: bytes
    plain_bytes: int
    raw: bytes

    @property
    def package_id(self) -> str:
        """The first 32 digits of the manifest's SHA-256."""
        return self.manifest[:32]


@dataclass(frozen=True, slots=True)
class Outer:
    """A package taken apart, nothing opened. `body` is a view into the bytes that were read."""

    header: Header
    recipients: tuple[tuple[str, bytes], ...]
    body: memoryview
    signatures: Any
    sealed_payload: bytes


def write_header(*, kind: PackageKind, station: str, manifest_sha256: bytes, nonce: bytes, plain_bytes: int) -> bytes:
    """Return the encoded header; it is also the associated data of the body's encryption."""
    return cbor.encode({"format": FORMAT, "version": VERSION, "suite": SUITE, "kind": kind.value, "station": station,
                        "manifest": manifest_sha256, "nonce": nonce, "plain": plain_bytes})  # fmt: skip


def seal_payload(header: bytes, recipients: list[list[bytes]], body: bytes | bytearray | memoryview) -> bytes:
    """Return what the station's outer signature covers: every byte outside the signature itself."""
    return cbor.encode([header, hashlib.sha256(cbor.encode(recipients)).digest(), hashlib.sha256(body).digest()])


def key_info(header: bytes) -> bytes:
    """Return the HPKE `info` (the sealer adds ``|`` and the recipient's key id): a sealed key serves this header only."""
    return b"enrollment-package/1 content key\x00" + hashlib.sha256(header).digest()


def parse(data: bytes | memoryview, limit: int = HARD_LIMIT_BYTES) -> Outer:
    """Take a package apart without opening or believing it.

    Raises:
        PackageFormatError: ``package-too-large``, ``package-newer``, ``package-suite`` or ``package-format``.
    """
    match cbor.decode(data, max_bytes=min(limit, HARD_LIMIT_BYTES), views=True):
        case [memoryview() as header, list(recipients), memoryview() as body, list(signatures)]:
            head = read_header(bytes(header))
            if not 1 <= len(recipients) <= MAX_RECIPIENTS:
                raise PackageFormatError("The package names no recipient, or too many; nothing was opened.")
            pairs = []
            for one in recipients:
                match one:
                    case [memoryview() as key, memoryview() as sealed] if len(key) == 32 and len(sealed) <= 4096:
                        pairs.append((bytes(key).hex(), bytes(sealed)))
                    case _:
                        raise PackageFormatError("A recipient is not of the right form; nothing was opened.")
            if len(body) != head.plain_bytes + TAG_BYTES:
                raise PackageFormatError("The body is not as long as the header says; nothing was opened.")
            if len({k for k, _ in pairs}) != len(pairs):
                raise PackageFormatError("A recipient is named twice; nothing was opened.")
            raw_pairs = [[bytes.fromhex(k), s] for k, s in pairs]
            return Outer(head, tuple(pairs), body, _plain(signatures), seal_payload(head.raw, raw_pairs, body))
    raise PackageFormatError("These bytes are not a package; nothing was opened.")


def read_header(raw: bytes) -> Header:
    """Read an encoded header.

    Raises:
        PackageFormatError: see `parse`.
    """
    fields = cbor.decode(raw, max_bytes=1000)
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise PackageFormatError("These bytes are not a package; nothing was opened.")
    if type(fields.get("version")) is not int or fields["version"] != VERSION:
        raise PackageFormatError("The package needs a newer program; nothing was opened.", code="package-newer")
    suite = fields.get("suite")
    if type(suite) is not int or suite not in SUITES:
        raise PackageFormatError("The package is sealed with a suite that is not allowed here; nothing was opened.",
                                 code="package-suite")  # fmt: skip
    match fields:
        case {"kind": "dossier" | "draft" as kind, "station": str(station), "manifest": bytes(manifest), "nonce": bytes(nonce),
              "plain": int(plain), "suite": int(suite)} if (
            len(fields) == 8 and len(manifest) == 32 and len(nonce) == 12 and 0 < plain <= HARD_LIMIT_BYTES
            and 0 < len(station) <= 100
        ):  # fmt: skip
            return Header(suite, PackageKind(kind), station, manifest.hex(), nonce, plain, raw)
    raise PackageFormatError("The package's header is not of the right form; nothing was opened.")


def _plain(value: Any) -> Any:
    """Turn views into bytes in the small signature structure."""
    if isinstance(value, memoryview):
        return bytes(value)
    return [_plain(v) for v in value] if isinstance(value, list) else value


def check_seal(outer: Outer, find: cose.Find) -> str:
    """Check the station's signature over the whole package and return its key id (see `cose.verify` for the errors)."""
    return cose.verify(outer.signatures, outer.sealed_payload, SEAL_PURPOSE, find)
