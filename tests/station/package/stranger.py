"""A reader of packages written from docs/package-format.md alone. It imports nothing of the program."""

from __future__ import annotations

import hashlib

import cbor2
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, utils, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def h(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def enc(value) -> bytes:
    return cbor2.dumps(value, canonical=True)


def dec(data: bytes):
    value = cbor2.loads(data)
    assert enc(value) == data, "not deterministic"
    return value


def signer_id(keys: list) -> bytes:
    return h(enc(["signer", 1, keys]))


def check_pair(pair: list, payload: bytes, purpose: str, known: dict[bytes, list]) -> bytes:
    """`known` maps key ids to [[algorithm, raw key], [-49, raw key]]."""
    assert len(pair) == 2
    seen = []
    for protected, unprotected, nothing, signature in pair:
        head = dec(protected)
        assert unprotected == {}
        assert nothing is None
        algorithm, kid = head[1], head[4]
        raw = dict(map(tuple, known[kid]))[algorithm]
        data = enc(["Signature1", protected, b"enrollment-station/1 " + purpose.encode(), payload])
        if algorithm == -7:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
            point.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        elif algorithm == -19:
            ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
        else:
            assert algorithm == -49
            mldsa.MLDSA65PublicKey.from_public_bytes(raw).verify(signature, data)
        seen.append((algorithm, kid))
    assert seen[0][0] in {-7, -19}
    assert seen[1][0] == -49
    assert seen[0][1] == seen[1][1]
    return seen[0][1]


def read(package: bytes, seed: bytes, stations: list[list], operators: list[list]) -> tuple[dict, dict[str, bytes], list[dict]]:
    """Return (manifest, parts by name, events) of a package for the recipient whose private seed is given."""
    by_station = {signer_id(k): k for k in stations}
    by_operator = {signer_id(k): k for k in operators}
    header, recipients, body, seal = dec(package)
    head = dec(header)
    assert (head["format"], head["version"], head["suite"]) == ("enrollment-package", 1, 1)
    sealed_by = check_pair(seal, enc([header, h(enc(recipients)), h(body)]), "package seal", by_station)

    wide = hashlib.shake_256(seed).digest(96)
    kem, curve = mlkem.MLKEM768PrivateKey.from_seed_bytes(wide[:64]), x25519.X25519PrivateKey.from_private_bytes(wide[64:])
    public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    mine = h(enc(["recipient", 1, 1, public]))
    sealed = dict(map(tuple, recipients))[mine]
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    info = b"enrollment-package/1 content key\x00" + h(header) + b"|" + mine
    key = suite.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(kem, curve), info)
    plain = AESGCM(key).decrypt(head["nonce"], body, header)
    assert len(plain) == head["plain"]

    manifest, signatures, parts = dec(plain)
    assert h(manifest) == head["manifest"]
    roles = dict(signatures)
    check_pair(roles["operator"], manifest, "package manifest by operator", by_operator)
    assert check_pair(roles["station"], manifest, "package manifest by station", by_station) == sealed_by
    listed = dec(manifest)
    assert listed["format"] == "enrollment-manifest"
    assert len(listed) == 18
    assert listed["station"] == head["station"]
    assert listed["recipients"] == [k for k, _ in recipients]
    held = {}
    for note, part in zip(listed["parts"], parts, strict=True):
        assert (len(part), h(part)) == (note["size"], note["sha256"])
        held[note["name"]] = part
    return listed, held, [dec(e) for e in dec(held["events"])]


def read_receipt(message: bytes, intakes: list[list]) -> dict:
    """Return the payload of a receipt by one of the intakes' keys."""
    kind, version, purpose, payload, pair = dec(message)
    assert (kind, version, purpose) == ("enrollment-signed", 1, "receipt")
    check_pair(pair, payload, "receipt", {signer_id(k): k for k in intakes})
    return dec(payload)
