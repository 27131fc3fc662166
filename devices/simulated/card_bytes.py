"""Byte work of the simulated chip: its own encoder, its own reader of commands, its own curve arithmetic.

Nothing here comes from `devices.emrtd`: a mistake made twice in the same place would hide itself. The curve arithmetic uses
complete projective formulas (Renes, Costello, Batina 2016, algorithm 1), the terminal uses Jacobian coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


def der(tag: int, *parts: bytes) -> bytes:
    """Return one object around the parts."""
    body = b"".join(parts)
    name = tag.to_bytes(1 if tag < 0x100 else 2, "big")
    if len(body) < 128:
        return name + bytes((len(body),)) + body
    if len(body) < 256:
        return name + bytes((0x81, len(body))) + body
    if len(body) < 65536:
        return name + b"\x82" + len(body).to_bytes(2, "big") + body
    return name + b"\x83" + len(body).to_bytes(3, "big") + body


def der_int(value: int) -> bytes:
    """Return an INTEGER (not negative)."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def der_oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    arcs = [int(arc) for arc in dotted.split(".")]
    out = b""
    for value in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        groups, arc = b"", value
        while True:
            groups = bytes((arc & 0x7F | (0x80 if groups else 0),)) + groups
            arc >>= 7
            if not arc:
                break
        out += groups
    return der(0x06, out)


def split(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Return (tag, value, whole) of the objects in a row; the chip refuses what it cannot read by returning nothing."""
    out = []
    while data:
        start = data
        if len(data) < 2:
            return []
        tag = data[0]
        data = data[1:]
        if tag & 31 == 31:
            tag = tag * 256 + data[0]
            data = data[1:]
        if not data:
            return []
        size, data = data[0], data[1:]
        if size > 127:
            count = size - 128
            size, data = int.from_bytes(data[:count], "big"), data[count:]
        if size > len(data):
            return []
        out.append((tag, data[:size], start[: len(start) - len(data) + size]))
        data = data[size:]
    return out


def first(data: bytes, tag: int) -> bytes | None:
    """Return the value of the first object with `tag`."""
    return next((value for found, value, _ in split(data) if found == tag), None)


@dataclass(frozen=True, slots=True)
class Apdu:
    """One received command."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None
    extended: bool


def read_apdu(raw: bytes) -> Apdu | None:
    """Return the command, or None when its lengths contradict each other."""
    if len(raw) < 4:
        return None
    (cla, ins, p1, p2), rest = raw[:4], raw[4:]
    if not rest:
        return Apdu(cla, ins, p1, p2, b"", None, False)
    if len(rest) == 1:
        return Apdu(cla, ins, p1, p2, b"", rest[0] or 256, False)
    if rest[0] == 0 and len(rest) >= 3:
        count = rest[1] * 256 + rest[2]
        if len(rest) == 3:
            return Apdu(cla, ins, p1, p2, b"", count or 65536, True)
        data, tail = rest[3 : 3 + count], rest[3 + count :]
        if len(data) != count or len(tail) not in (0, 2):
            return None
        return Apdu(cla, ins, p1, p2, data, (int.from_bytes(tail, "big") or 65536) if tail else None, True)
    data, tail = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    if len(data) != rest[0] or len(tail) > 1:
        return None
    return Apdu(cla, ins, p1, p2, data, (tail[0] or 256) if tail else None, False)


@dataclass(frozen=True, slots=True)
class ChipCurve:
    """Parameters of one curve that simulated chips use (RFC 5639, FIPS 186-4)."""

    number: int
    oid: str
    p: int
    a: int
    b: int
    g: tuple[int, int]
    n: int

    @property
    def width(self) -> int:
        """Bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    def point(self, data: bytes) -> tuple[int, int] | None:
        """Return the point of an uncompressed key, None when it is none of this curve."""
        if len(data) != 2 * self.width + 1 or data[0] != 4:
            return None
        x, y = int.from_bytes(data[1 : self.width + 1], "big"), int.from_bytes(data[self.width + 1 :], "big")
        return (x, y) if (pow(x, 3, self.p) + self.a * x + self.b - y * y) % self.p == 0 else None

    def spell(self, point: tuple[int, int]) -> bytes:
        """Return the uncompressed form."""
        return b"\x04" + b"".join(c.to_bytes(self.width, "big") for c in point)

    def plus(self, one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
        """Return the sum of two points (never infinity in a PACE run but with negligible probability)."""
        return self._flat(self._sum((*one, 1), (*two, 1)))

    def times(self, k: int, point: tuple[int, int]) -> tuple[int, int]:
        """Return k times the point, bit by bit from the lowest."""
        total = (0, 1, 0)
        step = (*point, 1)
        while k:
            if k & 1:
                total = self._sum(total, step)
            k >>= 1
            if k:
                step = self._sum(step, step)
        return self._flat(total)

    def _flat(self, point: tuple[int, int, int]) -> tuple[int, int]:
        inverse = pow(point[2], self.p - 2, self.p)
        return point[0] * inverse % self.p, point[1] * inverse % self.p

    def _sum(self, one: tuple[int, int, int], two: tuple[int, int, int]) -> tuple[int, int, int]:
        p, a, b3 = self.p, self.a, 3 * self.b
        x1, y1, z1 = one
        x2, y2, z2 = two
        xx, yy, zz = x1 * x2 % p, y1 * y2 % p, z1 * z2 % p
        xy = (x1 * y2 + x2 * y1) % p
        xz = (x1 * z2 + x2 * z1) % p
        yz = (y1 * z2 + y2 * z1) % p
        azz = a * zz % p
        low = (a * xz + b3 * zz) % p
        minus, plus = yy - low, yy + low
        slope = (3 * xx + azz) % p
        rest = (b3 * xz + a * (xx - azz)) % p
        return (xy * minus - yz * rest) % p, (plus * minus + slope * rest) % p, (yz * plus + xy * slope) % p


_BP256: Final = ChipCurve(
    13, "1.3.36.3.3.2.8.1.1.7",
    76884956397045344220809746629001649093037950200943055203735601445031516197751,
    56698187605326110043627228396178346077120614539475214109386828188763884139993,
    17577232497321838841075697789794520262950426058923084567046852300633325438902,
    (63243729749562333355292243550312970334778175571054726587095381623627144114786,
     38218615093753523893122277964030810387585405539772602581557831887485717997975),
    76884956397045344220809746629001649092737531784414529538755519063063536359079,
)  # fmt: skip
_P256: Final = ChipCurve(
    12, "1.2.840.10045.3.1.7", 2**256 - 2**224 + 2**192 + 2**96 - 1, 2**256 - 2**224 + 2**192 + 2**96 - 4,
    41058363725152142129326129780047268409114441015993725554835256314039467401291,
    (48439561293906451759052585252797914202762949526041747995844080717082404635286,
     36134250956749795798585127919587881956611106672985015071877198253568414405109),
    115792089210356248762697446949407573529996955224135760342422259061068512044369,
)  # fmt: skip
_P384: Final = ChipCurve(
    15, "1.3.132.0.34", 2**384 - 2**128 - 2**96 + 2**32 - 1, 2**384 - 2**128 - 2**96 + 2**32 - 4,
    27580193559959705877849011840389048093056905856361568521428707301988689241309860865136260764883745107765439761230575,
    (26247035095799689268623156744566981891852923491109213387815615900925518854738050089022388053975719786650872476732087,
     8325710961489029985546751289520108179287853048861315594709205902480503199884419224438643760392947333078086511627871),
    39402006196394479212279040100143613805079739270465446667946905279627659399113263569398956308152294913554433653942643,
)  # fmt: skip
CHIP_CURVES: Final = {curve.number: curve for curve in (_P256, _BP256, _P384)}
