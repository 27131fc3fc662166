"""Signatures need both halves, seals open for one recipient only, stored secrets open with the right secret only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.files import RealFiles
from station.keys import (
    Algorithm,
    Argon2Cost,
    HybridOpener,
    HybridSealer,
    KeyFormatError,
    OpenError,
    PassphraseWrapper,
    RecipientPublic,
    SealedKey,
    Signature,
    SignatureError,
    SignerPublic,
    SoftwareSigner,
    StationKeys,
    UnprotectedWrapper,
    WrongSecretError,
    verify,
)

CHEAP = Argon2Cost(1, 64, 1)


@pytest.mark.parametrize("classical", [Algorithm.ES256, Algorithm.ED25519])
def test_both_signatures_are_needed_and_right(classical: Algorithm) -> None:
    signer, stranger = SoftwareSigner.generate(classical), SoftwareSigner.generate(classical)
    signatures = signer.sign(b"data")
    assert [s.algorithm for s in signatures] == [classical, Algorithm.ML_DSA_65]
    verify(signer.public, b"data", signatures)
    for wrong in (signatures[:1], signatures[1:], (), (*signatures, signatures[0]), (signatures[0], signatures[0])):
        with pytest.raises(SignatureError):
            verify(signer.public, b"data", wrong)
    with pytest.raises(SignatureError):
        verify(signer.public, b"Data", signatures)
    with pytest.raises(SignatureError):
        verify(stranger.public, b"data", signatures)
    for at in (0, 1):
        forged = list(signatures)
        value = bytearray(forged[at].value)
        value[5] ^= 1
        forged[at] = Signature(forged[at].algorithm, forged[at].key_id, bytes(value))
        with pytest.raises(SignatureError):
            verify(signer.public, b"data", forged)


def test_seal_opens_for_its_recipient_and_its_info_only() -> None:
    one, two = HybridOpener.generate(), HybridOpener.generate()
    key = os.urandom(32)
    first, second = HybridSealer().seal_key(key, b"info", [one.public, two.public])
    assert len(first.value) == 1168
    assert one.open_key(first, b"info") == key == two.open_key(second, b"info")
    with pytest.raises(OpenError):
        one.open_key(first, b"other")
    with pytest.raises(OpenError):
        one.open_key(second, b"info")
    with pytest.raises(OpenError):
        two.open_key(SealedKey(two.key_id, first.suite, first.value), b"info")
    with pytest.raises(OpenError):
        one.open_key(SealedKey(one.key_id, first.suite, first.value[:-1]), b"info")


def test_saved_keys_open_with_the_right_secret_only(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    signer, opener = SoftwareSigner.generate(), HybridOpener.generate()
    signer.save(files, "keys/station", PassphraseWrapper("right", CHEAP))
    opener.save(files, "keys/opener", PassphraseWrapper("right", CHEAP))
    assert SoftwareSigner.load(files, "keys/station", PassphraseWrapper("right")).key_id == signer.key_id
    assert HybridOpener.load(files, "keys/opener", PassphraseWrapper("right")).key_id == opener.key_id
    with pytest.raises(WrongSecretError):
        SoftwareSigner.load(files, "keys/station", PassphraseWrapper("wrong"))
    with pytest.raises(WrongSecretError):  # one key's file under another's name
        SoftwareSigner.load(files, "keys/opener", PassphraseWrapper("right"))
    data = bytearray((tmp_path / "keys" / "station").read_bytes())
    data[-1] ^= 1
    (tmp_path / "keys" / "station").write_bytes(data)
    with pytest.raises(WrongSecretError):
        SoftwareSigner.load(files, "keys/station", PassphraseWrapper("right"))


def test_public_halves_and_signatures_travel_as_bytes() -> None:
    signer, opener = SoftwareSigner.generate(), HybridOpener.generate()
    assert SignerPublic.from_bytes(signer.public.to_bytes()) == signer.public
    assert RecipientPublic.from_bytes(opener.public.to_bytes()) == opener.public
    (sealed,) = HybridSealer().seal_key(bytes(32), b"", [opener.public])
    assert SealedKey.from_bytes(sealed.to_bytes()) == sealed
    for signature in signer.sign(b""):
        assert Signature.from_bytes(signature.to_bytes()) == signature


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_foreign_bytes_give_the_format_error_only(data: bytes) -> None:
    for kind in (SignerPublic, RecipientPublic, SealedKey, Signature):
        with pytest.raises(KeyFormatError):
            kind.from_bytes(data)


def test_station_keys_are_made_once_and_open_by_secret_or_recovery(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    keys = StationKeys.open_or_create(files, PassphraseWrapper("first", CHEAP))
    again = StationKeys.open_or_create(files, PassphraseWrapper("first"))
    assert (again.station_id, again.journal_key) == (keys.station_id, keys.journal_key)
    assert len(keys.station_id) == 16
    with pytest.raises(WrongSecretError):
        StationKeys.open(files, PassphraseWrapper("wrong"))
    keys.set_recovery("paper in the safe")
    keys.protect(PassphraseWrapper("second", CHEAP))
    with pytest.raises(WrongSecretError):
        StationKeys.open(files, PassphraseWrapper("first"))
    recovered = StationKeys.recover(files, "paper in the safe", PassphraseWrapper("third", CHEAP))
    assert recovered.journal_key == keys.journal_key
    assert StationKeys.open(files, PassphraseWrapper("third")).signer.key_id == keys.signer.key_id


def test_rotation_keeps_the_id_and_opens_what_is_older(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    keys = StationKeys.create(files, UnprotectedWrapper(files))
    (old,) = HybridSealer().seal_key(bytes(32), b"", [keys.opener.public])
    before = keys.signer.key_id
    keys.rotate()
    again = StationKeys.open(files, UnprotectedWrapper(files))
    assert again.station_id == keys.station_id == before[:16]
    assert again.signer.key_id == keys.signer.key_id != before
    assert next(o for o in again.openers if o.key_id == old.recipient).open_key(old, b"") == bytes(32)
