"""The station's own keys: made on first start, opened once per start by one secret.

One random master key, wrapped by whatever protects this machine (passphrase, desktop keyring, PKCS#11 token), wraps the rest:
journal key, station signer, station opener. So a passphrase changes without touching the journal, and a backup of the folder
``keys/`` is worthless without the secret.

    keys/master.key     master key under the outer wrapper
    keys/recovery.key   the same master key under a recovery passphrase, kept on paper in a safe (optional)
    keys/team-N.key     the team's opening keys (`station.keys.team`)
    keys/journal.key, keys/station-N.key, keys/opener-N.key     under the master key; N counts rotations
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Final

from station.errors import StorageError
from station.files import Files
from station.keys.algorithms import SignerPublic
from station.keys.sealing import HybridOpener
from station.keys.signing import Signer, SoftwareSigner
from station.keys.wrap import (
    MAX_WRAPPED_BYTES,
    MasterWrapper,
    PassphraseWrapper,
    Wrapper,
    load_secret,
    open_bytes,
    save_secret,
    seal_bytes,
    wrapped_kind,
    wrapped_purpose,
)

if TYPE_CHECKING:
    from station.keys.token import TokenSigner

FOLDER: Final = "keys"
MASTER: Final = f"{FOLDER}/master.key"
RECOVERY: Final = f"{FOLDER}/recovery.key"
JOURNAL: Final = f"{FOLDER}/journal.key"
_ON_TOKEN: Final = "token-signer"  # noqa: S105 - the name of a purpose
UNPROTECTED: Final = f"{FOLDER}/unprotected.key"


class UnprotectedWrapper:
    """Wraps under a key that lies in clear beside it: for the demo and for tests only. A production station refuses to start with it."""

    kind = "unprotected"

    def __init__(self, files: Files) -> None:
        self._files = files

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """See `Wrapper.wrap`; the key is made on first use."""
        if self._files.size(UNPROTECTED) is None:
            self._files.write(UNPROTECTED, base64.b64encode(os.urandom(32)))
        return seal_bytes(self._key(), secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `Wrapper.unwrap`."""
        return open_bytes(self._key(), wrapped, context)

    def _key(self) -> bytes:
        return base64.b64decode(self._files.read(UNPROTECTED, 100))


class StationKeys:
    """The opened keys of one station. `station_id` (16 hex digits) is its origin in events."""

    def __init__(self, files: Files, master: bytes, wrapper: Wrapper) -> None:
        """Use `create`, `open` or `open_or_create`."""
        self._files = files
        self._outer = wrapper
        self._master = MasterWrapper(master)
        self._master_key = master
        self.journal_key: Final = load_secret(files, JOURNAL, "journal", self._master)
        self._signers = [self._load_signer(name) for name in self._numbered("station")]
        self._openers = [HybridOpener.load(files, name, self._master) for name in self._numbered("opener")]
        self._teams = [HybridOpener.load(files, name, self._master) for name in self._numbered("team", needed=False)]

    @staticmethod
    def exist(files: Files) -> bool:
        """Return whether this folder holds a station's keys (their making was finished)."""
        return files.size(MASTER) is not None

    @staticmethod
    def protection(files: Files) -> str:
        """Return what opens them: ``passphrase``, ``keyring``, ``token`` or ``unprotected``."""
        return wrapped_kind(files.read(MASTER, MAX_WRAPPED_BYTES))

    @classmethod
    def create(cls, files: Files, wrapper: Wrapper) -> StationKeys:
        """Make new keys; the master key is written last, so a crash in between leaves nothing half made.

        Raises:
            StorageError: code ``keys-exist``; or the disk is full.
        """
        if cls.exist(files):
            raise StorageError("This folder holds a station's keys already; they were not touched.", code="keys-exist")
        master = os.urandom(32)
        inner = MasterWrapper(master)
        for stale in files.list(FOLDER):  # of a first start that was cut off: nothing was ever signed or written with them
            if stale != UNPROTECTED:
                files.remove(stale)
        save_secret(files, JOURNAL, "journal", os.urandom(32), inner)
        SoftwareSigner.generate().save(files, f"{FOLDER}/station-1.key", inner)
        HybridOpener.generate().save(files, f"{FOLDER}/opener-1.key", inner)
        save_secret(files, MASTER, "master", master, wrapper)
        return cls(files, master, wrapper)

    @classmethod
    def open(cls, files: Files, wrapper: Wrapper) -> StationKeys:
        """Open the keys of this folder.

        Raises:
            WrongSecretError: the passphrase (keyring, token) is not the right one. StorageError: no keys, or damaged ones.
        """
        return cls(files, load_secret(files, MASTER, "master", wrapper), wrapper)

    @classmethod
    def open_or_create(cls, files: Files, wrapper: Wrapper) -> StationKeys:
        """Open, or make on the first start."""
        return cls.open(files, wrapper) if cls.exist(files) else cls.create(files, wrapper)

    @classmethod
    def recover(cls, files: Files, recovery: str, wrapper: Wrapper) -> StationKeys:
        """Open by the recovery passphrase and protect by `wrapper` from now on (the passphrase was forgotten, the token lost)."""
        master = load_secret(files, RECOVERY, "master", PassphraseWrapper(recovery))
        save_secret(files, MASTER, "master", master, wrapper)
        return cls(files, master, wrapper)

    @property
    def signer(self) -> Signer:
        """The station's signer in use: the newest."""
        return self._signers[-1]

    @property
    def signers(self) -> tuple[Signer, ...]:
        """All station signers, oldest first."""
        return tuple(self._signers)

    @property
    def opener(self) -> HybridOpener:
        """What others seal to for this station: the newest."""
        return self._openers[-1]

    @property
    def openers(self) -> tuple[HybridOpener, ...]:
        """All openers, oldest first: what was sealed before a rotation still opens."""
        return tuple(self._openers)

    @property
    def teams(self) -> tuple[HybridOpener, ...]:
        """The team's opening keys, oldest first; drafts are sealed to the newest (`station.keys.team`)."""
        return tuple(self._teams)

    def add_team(self, seed: bytes) -> HybridOpener:
        """Keep a team's opening key (32-byte seed), the newest from now on."""
        opener = HybridOpener(seed)
        opener.save(self._files, f"{FOLDER}/team-{len(self._teams) + 1}.key", self._master)
        self._teams.append(opener)
        return opener

    def keep(self, name: str, purpose: str, secret: bytes) -> None:
        """Keep a small secret of another store in ``keys/NAME.key`` under the master key; durable on return."""
        save_secret(self._files, f"{FOLDER}/{name}.key", purpose, secret, self._master)

    def kept(self, name: str, purpose: str) -> bytes | None:
        """Return what `keep` kept, None when there is nothing of that name."""
        path = f"{FOLDER}/{name}.key"
        return load_secret(self._files, path, purpose, self._master) if self._files.size(path) is not None else None

    def drop(self, name: str) -> None:
        """Delete what `keep` kept; harmless when it is gone."""
        self._files.remove(f"{FOLDER}/{name}.key")

    @property
    def publics(self) -> tuple[SignerPublic, ...]:
        """The public halves of all station signers, oldest first: what was signed before a rotation still verifies."""
        return tuple(s.public for s in self._signers)

    @property
    def station_id(self) -> str:
        """16 hex digits of the *first* signer's key id: the station keeps its id through rotations."""
        return self._signers[0].key_id[:16]

    def protect(self, wrapper: Wrapper) -> None:
        """Change what opens the keys (a new passphrase, a token); the old one no longer does."""
        save_secret(self._files, MASTER, "master", self._master_key, wrapper)
        if wrapper.kind != UnprotectedWrapper.kind:
            self._files.remove(UNPROTECTED)

    def set_recovery(self, recovery: str) -> None:
        """Let `recovery` open the keys too (`recover`); an older recovery passphrase no longer does."""
        save_secret(self._files, RECOVERY, "master", self._master_key, PassphraseWrapper(recovery))

    def rotate(self, signer: SoftwareSigner | TokenSigner | None = None) -> Signer:
        """Make a new opener and a new station signer (or take one on a token), use them from now on; old ones stay for what they opened."""
        from station.keys.token import TokenSigner

        number = len(self._signers) + 1
        opener, signer = HybridOpener.generate(), signer or SoftwareSigner.generate()
        opener.save(self._files, f"{FOLDER}/opener-{len(self._openers) + 1}.key", self._master)
        name = f"{FOLDER}/station-{number}.key"
        if isinstance(signer, TokenSigner):
            save_secret(self._files, name, _ON_TOKEN, signer.to_secret(), self._master)
        else:
            signer.save(self._files, name, self._master)
        self._openers.append(opener)
        self._signers.append(signer)
        return signer

    def _load_signer(self, name: str) -> Signer:
        if wrapped_purpose(self._files.read(name, MAX_WRAPPED_BYTES)) != _ON_TOKEN:
            return SoftwareSigner.load(self._files, name, self._master)
        from station.keys.token import TokenSigner, TokenWrapper

        if not isinstance(self._outer, TokenWrapper):
            raise StorageError(
                "This station signs by a token; put it in and open the keys by it. Nothing was changed.", code="token-needed"
            )
        return TokenSigner.from_secret(self._outer.client, load_secret(self._files, name, _ON_TOKEN, self._master))

    def _numbered(self, what: str, *, needed: bool = True) -> list[str]:
        names = [n for n in self._files.list(FOLDER) if n.startswith(f"{FOLDER}/{what}-") and n.endswith(".key")]
        names.sort(key=lambda n: int(n.rsplit("-", 1)[1].removesuffix(".key")))
        if not names and needed:
            raise StorageError(
                f"The station's {what} key is missing; restore the folder 'keys' from a backup.", code="keys-missing"
            )
        return names
