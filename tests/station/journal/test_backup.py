"""A backup opens elsewhere, tells when it was altered, and a restored station never reuses an event's name."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.errors import StorageError
from station.files import RealFiles
from station.journal import DamagedError, Journal
from station.journal.backup import back_up, check_backup, new_origin, restore_files
from station.keys import (
    Argon2Cost,
    KeyFormatError,
    PassphraseWrapper,
    Signature,
    SignatureError,
    SignerPublic,
    StationKeys,
    WrongSecretError,
    verify,
)

SECRET = PassphraseWrapper("secret", Argon2Cost(1, 64, 1))


class Place:
    """A working station and a place for its backup."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.files, self.target = RealFiles(folder / "station"), RealFiles(folder / "stick")
        self.keys = StationKeys.create(self.files, SECRET)
        self.journal = Journal.create(self.files, self.keys.journal_key, self.keys.station_id, self.clock)

    def write(self, text: str) -> str:
        sha = self.journal.put_blob(text.encode() * 100, "text/plain")
        self.journal.append("field.set", {"name": text, "blob": sha}, dossier="d", operator="", desk="")
        return sha

    def back_up(self):
        def sign(data: bytes) -> list[bytes]:
            return [s.to_bytes() for s in self.keys.signer.sign(data)]

        return back_up(self.journal, self.files, self.target, sign=sign, clock=self.clock)


@pytest.fixture
def place(tmp_path: Path):
    place = Place(tmp_path)
    yield place
    place.journal.close()


def checker(public: SignerPublic):
    return lambda listing, signatures: verify(public, listing, [Signature.from_bytes(s) for s in signatures])


def test_restore_gives_everything_under_a_new_origin(tmp_path: Path, place: Place) -> None:
    shas = [place.write("one"), place.write("two")]
    report = place.back_up()
    late = place.write("after the backup")
    check_backup(place.target, checker(place.keys.signer.public))
    files = RealFiles(tmp_path / "new")
    assert restore_files(place.target, files).files == report.files
    with pytest.raises(WrongSecretError):
        StationKeys.open(files, PassphraseWrapper("stolen stick"))
    keys = StationKeys.open(files, SECRET)
    with Journal.open(files, keys.journal_key, place.clock) as restored:
        former = restored.origin
        first = restored.begin_anew(new_origin(former), operator="", desk="")
        assert (first.id.sequence, first.body["former"], first.body["sequence"]) == (1, former, 2)
        assert [restored.blob(sha) for sha in shas] == [b"one" * 100, b"two" * 100]
        assert not restored.has_blob(late)
        assert restored.import_events(place.journal.events()) == 1, "what the old machine wrote later can still join"
        assert restored.check(deep=False).sound
    with Journal.open(files, keys.journal_key, place.clock) as restored:
        assert restored.origin == first.id.origin != former
    with pytest.raises(StorageError, match="already"):
        restore_files(place.target, files)


def test_repeating_copies_only_what_is_new(place: Place) -> None:
    place.write("one")
    place.back_up()
    again = place.back_up()
    assert again.copied == 1, "only the database"
    place.clock.advance(86400)
    place.write("two")
    assert place.back_up().copied == 2


def test_an_altered_or_foreign_backup_is_refused(tmp_path: Path, place: Place) -> None:
    place.write("one")
    place.back_up()
    other = Place(tmp_path / "other")
    with pytest.raises(SignatureError):
        check_backup(place.target, checker(other.keys.signer.public))
    other.target = place.target
    with pytest.raises(StorageError, match="another station"):
        other.back_up()
    other.journal.close()
    for path in sorted((tmp_path / "stick").rglob("*.*")):
        if path.is_file():
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            with pytest.raises((DamagedError, StorageError, SignatureError, KeyFormatError)):
                check_backup(place.target, checker(place.keys.signer.public))
            with contextlib.suppress(DamagedError):  # the list's own signatures are not looked at without the keys
                restore_files(place.target, RealFiles(tmp_path / path.name))
                assert path.name == "backup.cbor"
            path.write_bytes(whole)
    check_backup(place.target, checker(place.keys.signer.public))
