"""Trust is by purpose, expires, is revoked for good, and an old list changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from station.clock import ManualClock
from station.errors import InputError
from station.files import RealFiles
from station.journal import Journal
from station.keys import SoftwareSigner
from station.keys.trust import Purpose, TrustStores, read_entry

NOW = ManualClock().now()


def certificate(ends: datetime, name: str = "Test CSCA") -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
    signed = builder.not_valid_before(NOW - timedelta(days=100)).not_valid_after(ends).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


@pytest.fixture
def stores(tmp_path: Path):
    with Journal.create(RealFiles(tmp_path), bytes(32), "00112233445566aa", ManualClock()) as journal:
        yield TrustStores(journal)


def test_a_key_is_trusted_for_its_purpose_only(stores: TrustStores) -> None:
    signer = SoftwareSigner.generate()
    entry = stores.add(Purpose.STATIONS, signer.public.to_bytes(), source="code 123", operator="a")
    stores.add(Purpose.STATIONS, signer.public.to_bytes(), source="again", operator="a")
    assert stores.view(Purpose.STATIONS).signers(NOW) == {signer.key_id: signer.public}
    assert entry.entry_id == signer.key_id
    assert stores.view(Purpose.INTAKES).entries == {}


def test_expiry_is_warned_of_and_counts(stores: TrustStores) -> None:
    for days in (400, 20, -1):
        stores.add(Purpose.DOCUMENT_SIGNERS, certificate(NOW + timedelta(days=days)), source="file", operator="a")
    assert [state for _, _, state in stores.warnings(NOW)] == ["expiring", "expired"]
    assert len(stores.view(Purpose.DOCUMENT_SIGNERS).good(NOW)) == 2
    assert stores.view(Purpose.DOCUMENT_SIGNERS).good(NOW - timedelta(days=200)) == ()


def test_a_revoked_key_never_comes_back(stores: TrustStores) -> None:
    signer = SoftwareSigner.generate()
    stores.add(Purpose.STATIONS, signer.public.to_bytes(), source="", operator="a")
    stores.revoke(Purpose.STATIONS, signer.key_id, reason="kit lost", operator="a")
    assert stores.view(Purpose.STATIONS).good(NOW) == ()
    with pytest.raises(InputError):
        stores.add(Purpose.STATIONS, signer.public.to_bytes(), source="", operator="a")
    assert stores.replace(Purpose.STATIONS, [signer.public.to_bytes()], version=9, source="centre")
    assert stores.view(Purpose.STATIONS).good(NOW) == ()


def test_an_old_list_replayed_changes_nothing(stores: TrustStores) -> None:
    one, two = (SoftwareSigner.generate().public.to_bytes() for _ in range(2))
    assert stores.replace(Purpose.INTAKES, [one, two], version=2, source="centre")
    assert not stores.replace(Purpose.INTAKES, [], version=1, source="centre")
    assert not stores.replace(Purpose.INTAKES, [], version=2, source="centre")
    assert len(stores.view(Purpose.INTAKES).entries) == 2
    with pytest.raises(InputError):
        stores.replace(Purpose.INTAKES, [one, b"junk"], version=3, source="centre")
    assert len(stores.view(Purpose.INTAKES).entries) == 2


CERTIFICATE = certificate(NOW + timedelta(days=1))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, len(CERTIFICATE) - 1).map(lambda at: CERTIFICATE[:at]))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_entry(data, "")
