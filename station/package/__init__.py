"""Sealing, opening and verifying packages (docs/package-format.md).

A package is one finished dossier (or a draft for another kit of the team) that only its recipients can open: a manifest signed
by the operator and the station, parts named by SHA-256, one AES-256-GCM body, its key sealed to each recipient with the hybrid
post-quantum HPKE suite, and the station's signature over the whole. May import `station.dossier`, `station.capture`,
`station.keys`; knows nothing of queues and networks.
"""

from __future__ import annotations

from station.package.cbor import PackageFormatError
from station.package.content import Manifest, PackageContent, PackageKind, PackedCapture, Part
from station.package.cose import SignatureError
from station.package.layout import HARD_LIMIT_BYTES, LIMIT_BYTES, Header
from station.package.opening import OpenedPackage, VerifiedPackage, open_package, verify_package
from station.package.seal import SealedPackage, seal_package
from station.package.signed import Message, peek_message, read_message, sign_message

__all__ = [
    "HARD_LIMIT_BYTES", "LIMIT_BYTES", "Header", "Manifest", "Message", "OpenedPackage", "PackageContent",
    "PackageFormatError", "PackageKind", "PackedCapture", "Part", "SealedPackage", "SignatureError",
    "VerifiedPackage", "open_package", "peek_message", "read_message", "seal_package", "sign_message", "verify_package",
]  # fmt: skip
