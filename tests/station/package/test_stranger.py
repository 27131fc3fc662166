"""The format is what its document says: a reader written from it alone opens our packages and refuses altered ones."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature

from station.keys import HybridSealer
from station.package import seal_package
from tests.station.package import stranger
from tests.station.package.builders import Party, content


def raw(signer) -> list[list]:
    return [[int(a), k] for a, k in signer.public.keys]


def test_a_stranger_reads_a_package() -> None:
    party, other = Party(), Party()
    what = content(3, sizes=(10_000, 0, 77))
    sealed = seal_package(what, station=party.station, operator=party.operator, sealer=HybridSealer(),
                          recipients=[other.opener.public, party.opener.public])  # fmt: skip
    for one in (party, other):
        manifest, parts, events = stranger.read(sealed.data, one.opener._seed, [raw(party.station)], [raw(party.operator)])
        assert manifest["dossier"] == what.dossier
        for capture in what.captures:
            assert parts[capture.parts[0].name] == capture.parts[0].data
        assert next(e["kind"] for e in events) == "dossier.opened"
    at = len(sealed.data) - 50
    bad = bytearray(sealed.data)
    bad[at] ^= 1
    with pytest.raises((InvalidSignature, AssertionError, KeyError, ValueError)):
        stranger.read(bytes(bad), party.opener._seed, [raw(party.station)], [raw(party.operator)])


def test_a_stranger_reads_a_receipt() -> None:
    from station.package.identity import RECEIPT_PURPOSE
    from station.package.signed import sign_message

    party = Party()
    message = sign_message(party.station, RECEIPT_PURPOSE, {"accepted": True, "manifest": b"\x01" * 32})
    assert stranger.read_receipt(message, [raw(party.station)])["accepted"] is True
