"""Public keys of chips and certificates: explicit curve parameters made named, ECDSA and RSA checked.

A hundred of the 588 CSCA certificates of the German master list spell their curve out, which `cryptography` refuses. They are
replaced by the curve's name only if all five values are that curve's own (p, a, b, G, n); everything else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import keys as asn1_keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from devices.emrtd import curves, tlv
from devices.emrtd.curves import Curve
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
}  # fmt: skip
MAX_RSA_BITS: Final = 8192
MAX_DH_BITS: Final = 4096
ASN1_ERRORS: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


class EllipticKey:
    """A point on one of the named curves; verifies with this module's own arithmetic where the library lacks the curve."""

    def __init__(self, curve: Curve, point: tuple[int, int]) -> None:
        self.curve = curve
        self.point = point

    def verify(self, signature: tuple[int, int], digest: bytes) -> bool:
        """ECDSA over a finished digest (FIPS 186-4 section 6.4); public values only, so timing tells nothing."""
        r, s = signature
        n = self.curve.n
        if not (0 < r < n and 0 < s < n):
            return False
        e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
        w = pow(s, -1, n)
        left = self.curve.multiply(e * w % n, self.curve.generator)
        point = self.curve.add(left, self.curve.multiply(r * w % n, self.point))
        return point is not None and point[0] % n == r


@dataclass(frozen=True, slots=True)
class ModularKey:
    """A Diffie-Hellman key y = g^x mod p; `q` is the subgroup's order where stated (X9.42), else None (PKCS #3)."""

    p: int
    g: int
    q: int | None
    y: int


PublicKey = EllipticKey | rsa.RSAPublicKey | ModularKey
_PKCS3_DH: Final = "1.2.840.113549.1.3.1"
_X942_DH: Final = "1.2.840.10046.2.1"


def load_public_key(info: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo: elliptic (named or explicit), RSA, or Diffie-Hellman.

    Raises:
        DeviceFormatError: malformed, an unknown curve, explicit values that are no named curve's, or an RSA key above 8,192 bits.
    """
    try:
        parsed = asn1_keys.PublicKeyInfo.load(info, strict=True)
        algorithm = str(parsed["algorithm"]["algorithm"].native)
        if algorithm == "ec":
            return _elliptic(parsed)
        if algorithm in ("rsa", "rsassa_pss", "rsaes_oaep"):
            body = parsed["public_key"].parsed
            modulus, exponent = int(body["modulus"].native), int(body["public_exponent"].native)
            if modulus.bit_length() > MAX_RSA_BITS or exponent.bit_length() > 64:
                raise DeviceFormatError("An RSA key is larger than any document's.")
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        if algorithm in ("dh", _PKCS3_DH, _X942_DH):
            return _modular(info)
    except DeviceFormatError:
        raise
    except ASN1_ERRORS as error:
        raise DeviceFormatError("A public key cannot be read.") from error
    raise DeviceFormatError("A public key is of a kind that no document uses.")


def _modular(info: bytes) -> ModularKey:
    """Read a Diffie-Hellman SubjectPublicKeyInfo (RFC 3279 section 2.3.3, PKCS #3)."""
    algorithm, bits = tlv.parse_single(info, 0x30).children()[:2]
    name, parameters = algorithm.children()[:2]
    p, g, *rest = (tlv.integer(item) for item in parameters.children() if item.tag == 0x02)
    y = tlv.integer(tlv.parse_single(bits.value[1:], 0x02))
    q = rest[0] if rest and tlv.oid(name) == _X942_DH else None
    if not (1 < g < p - 1 and 1 < y < p - 1 and p.bit_length() <= MAX_DH_BITS) or (q is not None and pow(y, q, p) != 1):
        raise DeviceFormatError("A Diffie-Hellman key is outside its group.")
    return ModularKey(p, g, q, y)


def _elliptic(parsed: Any) -> EllipticKey:
    parameters = parsed["algorithm"]["parameters"]
    if parameters.name == "named":
        curve = curves.by_oid(parameters.chosen.dotted)
    elif parameters.name == "specified":
        curve = _explicit(parameters.chosen.dump())
    else:
        curve = None
    if curve is None:
        raise DeviceFormatError("A public key uses a curve that is not among the standardised ones.")
    return EllipticKey(curve, _point(curve, bytes(parsed["public_key"].native)))


def _explicit(data: bytes) -> Curve | None:
    """Return the named curve of an ECParameters structure (RFC 3279 section 2.3.5) when all five values are its own."""
    fields = tlv.parse_single(data, 0x30).children()
    if len(fields) < 5 or [f.tag for f in fields[:5]] != [0x02, 0x30, 0x30, 0x04, 0x02]:
        raise DeviceFormatError("Explicit curve parameters are malformed.")
    field_type = fields[1].children()
    if len(field_type) != 2 or tlv.oid(field_type[0]) != "1.2.840.10045.1.1" or field_type[1].tag != 0x02:
        raise DeviceFormatError("A curve is not over a prime field.")
    p = tlv.integer(field_type[1])
    a, b = (int.from_bytes(item.value, "big") for item in fields[2].children()[:2])
    n = tlv.integer(fields[4])
    width = (p.bit_length() + 7) // 8
    base = fields[3].value
    if base[:1] == b"\x04" and len(base) == 1 + 2 * width:
        g = int.from_bytes(base[1 : 1 + width], "big"), int.from_bytes(base[1 + width :], "big")
        return curves.by_parameters(p, a, b, g, n)
    if base[:1] in (b"\x02", b"\x03") and len(base) == 1 + width:
        x = int.from_bytes(base[1:], "big")
        candidates = (c for c in curves.CURVES if c.gx == x and c.gy % 2 == base[0] - 2)
        return next((c for c in candidates if curves.by_parameters(p, a, b, c.generator, n) is c), None)
    raise DeviceFormatError("The base point of a curve is malformed.")


def _point(curve: Curve, data: bytes) -> tuple[int, int]:
    if data[:1] in (b"\x02", b"\x03") and len(data) == 1 + curve.size and curve.p % 4 == 3:
        x = int.from_bytes(data[1:], "big")
        y = pow((x**3 + curve.a * x + curve.b) % curve.p, (curve.p + 1) // 4, curve.p)
        point = x, y if y % 2 == data[0] - 2 else curve.p - y
        if curve.contains(point):
            return point
    return curve.decode(data)


_LIBRARY_CURVES: Final[Mapping[str, type[ec.EllipticCurve]]] = {
    "P-224": ec.SECP224R1, "P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1, "brainpoolP384r1": ec.BrainpoolP384R1, "brainpoolP512r1": ec.BrainpoolP512R1,
}  # fmt: skip


def verify_ecdsa(key: EllipticKey, signature: bytes, message: bytes, hash_name: str, *, plain: bool = False) -> bool:
    """Return whether an ECDSA signature over `message` holds; `plain` is r || s, else the DER pair.

    Raises:
        DeviceFormatError: an unknown hash, or a signature that is no pair.
    """
    algorithm = _hash(hash_name)
    if plain:
        if not signature or len(signature) % 2 or len(signature) > 2 * key.curve.size + 2:
            raise DeviceFormatError("A plain ECDSA signature has an odd or excessive length.")
        half = len(signature) // 2
        pair = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    else:
        try:
            pair = decode_dss_signature(signature)
        except ValueError as error:
            raise DeviceFormatError("An ECDSA signature is malformed.") from error
    run = hashes.Hash(algorithm)
    run.update(message)
    digest = run.finalize()
    named = _LIBRARY_CURVES.get(key.curve.name)
    if named is None or not (0 < pair[0] < key.curve.n and 0 < pair[1] < key.curve.n):
        return key.verify(pair, digest)
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    try:
        library_key = ec.EllipticCurvePublicNumbers(*key.point, named()).public_key()
        library_key.verify(encode_dss_signature(*pair), digest, ec.ECDSA(Prehashed(algorithm)))
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError):
        return key.verify(pair, digest)
    return True


def verify_rsa(key: rsa.RSAPublicKey, signature: bytes, message: bytes, hash_name: str,
               *, pss: tuple[str, int] | None = None) -> bool:  # fmt: skip
    """Return whether an RSA signature holds; `pss` is (MGF1 hash, salt length), None means PKCS #1 v1.5.

    Raises:
        DeviceFormatError: an unknown hash.
    """
    scheme = padding.PSS(padding.MGF1(_hash(pss[0])), pss[1]) if pss else padding.PKCS1v15()
    try:
        key.verify(signature, message, scheme, _hash(hash_name))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _hash(name: str) -> hashes.HashAlgorithm:
    try:
        return HASHES[name]()
    except KeyError:
        raise DeviceFormatError("A signature uses a hash that no document may use.") from None
