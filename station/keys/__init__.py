"""Signers, sealers, operators, roles, trust stores, the audit chain: who may do what, and what proves it.

Public names: `Signer`/`SoftwareSigner`/`verify`, `Sealer`/`HybridSealer`/`Opener`/`HybridOpener`, the plain public halves
(`SignerPublic`, `RecipientPublic`, `Signature`, `SealedKey`), wrappers for stored secrets, `Operators`/`OperatorSession`, `Role`,
`Permission`. May import `station.files`, `station.journal`, `station.dossier.events`; never devices, packages or screens.
"""

from __future__ import annotations

from station.keys.algorithms import Algorithm, KeyFormatError, RecipientPublic, SealedKey, Signature, SignerPublic, Suite
from station.keys.operators import IdleLock, LockedError, NotAllowedError, Operators, OperatorSession, SignInError
from station.keys.roles import Permission, Role
from station.keys.sealing import HybridOpener, HybridSealer, Opener, OpenError, Sealer
from station.keys.signing import SignatureError, Signer, SoftwareSigner, verify, verify_one
from station.keys.store import StationKeys, UnprotectedWrapper
from station.keys.wrap import Argon2Cost, KeyringWrapper, MasterWrapper, PassphraseWrapper, Wrapper, WrongSecretError

__all__ = [
    "Algorithm", "Argon2Cost", "HybridOpener", "HybridSealer", "IdleLock", "KeyFormatError", "KeyringWrapper", "LockedError", "MasterWrapper",
    "NotAllowedError", "OpenError", "Opener", "OperatorSession", "Operators", "PassphraseWrapper", "Permission", "RecipientPublic",
    "Role", "SealedKey", "Sealer", "SignInError", "Signature", "SignatureError", "Signer", "SignerPublic", "SoftwareSigner", "StationKeys", "Suite", "UnprotectedWrapper",
    "Wrapper", "WrongSecretError", "verify", "verify_one",
]  # fmt: skip
