"""Diffie-Hellman groups that simulated chips use (RFC 5114 section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """A subgroup of order n that g generates modulo p."""

    p: int
    g: int
    n: int

    @property
    def width(self) -> int:
        """Bytes of an element."""
        return (self.p.bit_length() + 7) // 8

    def point(self, data: bytes) -> int | None:
        """Return the element, None when it is outside the subgroup."""
        value = int.from_bytes(data, "big")
        return value if 1 < value < self.p - 1 and pow(value, self.n, self.p) == 1 else None


CHIP_GROUPS: Final = {
    0: ChipGroup(
        int(
            "b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c013ec"
            "b4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0a151af5f"
            "0dc8b4bd45bf37df365c1a65e68cfda76d4da708df1fb2bc2e4a4371",
            16,
        ),
        int(
            "a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f2131602"
            "17b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a28ad662a4d1"
            "8e73afa32d779d5918d08bc8858f4dcef97c2a24855e6eeb22b3b2e5",
            16,
        ),
        0xF518AA8781A8DF278ABA4E7D64B7CB9D49462353,
    )
}
