"""The removable folder: packages out, answers and notices back, on sticks that a supervisor has allowed.

A stick is known by a label file signed by a station or the centre: a random id and the file system's own id, so that a copied
label does not make another stick allowed. Everything on a stick is untrusted bytes: names are matched, never followed; only
regular files are opened; sizes are bounded before reading. The packages are sealed: a stolen stick gives nothing away.

    ENROLLMENT-STICK            the label
    enrollment/outgoing/ID.pkg  packages
    enrollment/answers/ID.ans   receipts and refusals for packages
    enrollment/notices/ID.not   notices
    enrollment/drafts/ID.pkg    drafts for the team
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.carriers.model import CarrierError
from station.keys.signing import Signer
from station.package import HARD_LIMIT_BYTES, PackageFormatError, SignatureError
from station.package.cose import Find
from station.package.identity import MAX_ANSWER_BYTES
from station.package.signed import MAX_MESSAGE_BYTES, peek_message, read_message, sign_message

LABEL: Final = "ENROLLMENT-STICK"
LABEL_PURPOSE: Final = "stick label"
FOLDERS: Final = {"outgoing": ("pkg", HARD_LIMIT_BYTES), "answers": ("ans", MAX_ANSWER_BYTES),
                  "notices": ("not", MAX_MESSAGE_BYTES), "drafts": ("pkg", HARD_LIMIT_BYTES)}  # fmt: skip
MAX_FILES: Final = 100_000
_STEM: Final = re.compile(r"[0-9a-f]{32}")
_GONE: Final = (errno.ENOENT, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE)


@dataclass(frozen=True, slots=True)
class StickLabel:
    """A stick's id (32 hex digits), the file system it was made for, and who made it."""

    stick_id: str
    volume: str
    signer: str


def volume_of(folder: Path) -> str:
    """Return the file system's own id as far as this system shows one, "" otherwise (then the label alone must do)."""
    try:
        device = folder.stat().st_dev
        by_uuid = Path("/dev/disk/by-uuid")
        for entry in by_uuid.iterdir() if by_uuid.is_dir() else ():
            if entry.stat().st_rdev == device:
                return entry.name
    except OSError:
        pass
    return ""


def label_stick(folder: Path, signer: Signer) -> StickLabel:
    """Make `folder` (a stick's root) a stick of this unit and return its label, whose id goes on the allow-list.

    Raises:
        CarrierError: the stick cannot be written.
    """
    label = StickLabel(secrets.token_hex(16), volume_of(folder), signer.key_id)
    with _stick():
        _write(folder / LABEL, sign_message(signer, LABEL_PURPOSE, {"stick": label.stick_id, "volume": label.volume}))
    return label


def stick_id(folder: Path) -> str:
    """Return the id a stick's label claims, "" when there is none; `Stick` checks who signed it.

    For an intake, which takes in what any enrolled station has labelled: the packages themselves are signed and sealed.
    """
    with _stick():
        data = _read(folder / LABEL, 20_000)
    try:
        claimed = peek_message(data or b"")[1].get("stick")
    except PackageFormatError:
        return ""
    return claimed if isinstance(claimed, str) else ""


class Stick:
    """An allowed stick, open for work.

    Args:
        folder: the stick's root.
        find: key id → keys that may sign labels.
        allowed: the ids on the allow-list.

    Raises:
        CarrierError: ``stick-not-allowed`` (E46) or ``stick-gone``.
    """

    def __init__(self, folder: Path, find: Find, allowed: Collection[str]) -> None:
        with _stick():
            data = _read(folder / LABEL, 20_000)
        self.label = self._check(data, find, allowed, volume_of(folder))
        self._root = folder / "enrollment"
        with _stick():
            self._safe_folder(self._root)

    @staticmethod
    def _check(data: bytes | None, find: Find, allowed: Collection[str], volume: str) -> StickLabel:
        try:
            message = read_message(data or b"", LABEL_PURPOSE, find)
        except (PackageFormatError, SignatureError) as error:
            raise _not_allowed() from error
        stick, made_for = message.body.get("stick"), message.body.get("volume")
        if not isinstance(stick, str) or not isinstance(made_for, str) or stick not in allowed or made_for != volume:
            raise _not_allowed()
        return StickLabel(stick, made_for, message.key_id)

    @staticmethod
    def _safe_folder(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        if not stat.S_ISDIR(folder.lstat().st_mode):  # a link planted to lead us elsewhere
            raise _not_allowed()

    def put(self, kind: str, name: str, data: bytes) -> None:
        """Write one file, synced and read back; an equal one that is there already is left.

        Raises:
            CarrierError: ``stick-full``, ``stick-gone``, or the stick reads back something else.
        """
        path = self._path(kind, name)
        with _stick():
            self._safe_folder(path.parent)
            if _read(path, len(data)) == data:
                return
            _write(path, data)
            if _read(path, len(data)) != data:
                raise CarrierError("The stick reads back something else than was written: use another stick. "
                                   "The package is safe on this station.", code="stick-bad")  # fmt: skip

    def get(self, kind: str, name: str) -> bytes | None:
        """Return one file, None when there is none (or none that may be read: a link, a device, one too large)."""
        with _stick():
            return _read(self._path(kind, name), FOLDERS[kind][1])

    def names(self, kind: str) -> list[str]:
        """Return the ids of the files of one kind; anything else on the stick is not looked at."""
        suffix = "." + FOLDERS[kind][0]
        folder = self._root / kind
        with _stick():
            if not folder.is_dir() or folder.is_symlink():
                return []
            found = []
            for count, entry in enumerate(os.scandir(folder)):
                if count >= MAX_FILES:
                    break
                stem = entry.name.removesuffix(suffix)
                if entry.name.endswith(suffix) and _STEM.fullmatch(stem) and entry.is_file(follow_symlinks=False):
                    found.append(stem)
            return sorted(found)

    def remove(self, kind: str, name: str) -> None:
        """Remove one file; harmless when it is gone."""
        with _stick():
            self._path(kind, name).unlink(missing_ok=True)

    def _path(self, kind: str, name: str) -> Path:
        if _STEM.fullmatch(name) is None:
            raise CarrierError("A file name on the stick is not one of ours; it was not touched.", code="stick-name", line=False)
        return self._root / kind / f"{name}.{FOLDERS[kind][0]}"


def _not_allowed() -> CarrierError:
    return CarrierError("This USB stick is not on the allowed list: use an allowed one, or let a supervisor allow it.",
                        code="stick-not-allowed")  # fmt: skip


def _read(path: Path, limit: int) -> bytes | None:
    """Read a regular file of at most `limit` bytes, following no link."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            return None
        raise
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_size > limit:
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(limit)
    finally:
        os.close(handle)


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all: another name first, synced, then renamed, then the folder synced."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _stick() -> Iterator[None]:
    """Turn the operating system's errors into what happened to the stick."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise CarrierError("The stick is full. Packages already copied are good, the rest is safe on this station: "
                               "use another stick.", code="stick-full") from error  # fmt: skip
        if error.errno in _GONE:
            raise CarrierError("The stick was pulled out or does not answer. Packages are safe on this station; plug it in again.",
                               code="stick-gone") from error  # fmt: skip
        raise CarrierError(f"The stick cannot be used: {os.strerror(error.errno or errno.EIO)}. Packages are safe on this station.",
                           code="stick-bad") from error  # fmt: skip
