"""A compiled random forest: flat arrays, vectorised votes, and its own bounded file form.

Nodes of all trees stand one after the other in pre-order, so the left child of node i is i + 1. A leaf points to itself and
has threshold -inf: walking needs no test for leaves, only as many steps as the deepest tree has levels.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError

_MAGIC: Final = b"ESRF"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<4sHHHHII32s")  # magic, version, inputs, trees, depth, nodes, name bytes, sha256 of the source
_DIGEST_BYTES: Final = 32
MAX_NODES: Final = 4_000_000
MAX_NAME_BYTES: Final = 200


@dataclass(frozen=True, slots=True)
class Forest:
    """A classification forest with classes 0 and 1.

    Attributes:
        name: what the model is called, as shown with every score.
        source_sha256: hex digest of the file it was compiled from.
        inputs: number of input values.
        depth: steps from a root to the deepest leaf.
        roots: int32 (trees,) first node of each tree.
        feature: uint8 (nodes,); threshold: float32 (nodes,): input <= threshold goes to the next node.
        right: int32 (nodes,) the other child; a leaf's own index for leaves.
        leaf_class: uint8 (nodes,), 0 or 1 (0 for inner nodes).
    """

    name: str
    source_sha256: str
    inputs: int
    depth: int
    roots: NDArray[np.int32]
    feature: NDArray[np.uint8]
    threshold: NDArray[np.float32]
    right: NDArray[np.int32]
    leaf_class: NDArray[np.uint8]

    def votes(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return how many trees vote for class 1, int64 (n,), for inputs (n, inputs).

        Inputs are compared as float32, as OpenCV does.

        Raises:
            ValueError: another number of inputs than the forest has.
        """
        sample = np.atleast_2d(np.asarray(values, np.float32))
        if sample.shape[1] != self.inputs:
            raise ValueError(f"the forest takes {self.inputs} inputs, not {sample.shape[1]}")
        node = np.broadcast_to(self.roots, (len(sample), self.roots.size)).copy()
        base = (np.arange(len(sample), dtype=np.int64) * self.inputs)[:, None]
        flat = sample.ravel()
        for _ in range(self.depth):
            go_left = flat[base + self.feature[node]] <= self.threshold[node]
            node = np.where(go_left, node + np.int32(1), self.right[node])
        return np.asarray(self.leaf_class[node].sum(axis=1, dtype=np.int64))

    def to_bytes(self) -> bytes:
        """Return the file form (`from_bytes` reads it back)."""
        name = self.name.encode()[:MAX_NAME_BYTES]
        header = _HEADER.pack(
            _MAGIC,
            _VERSION,
            self.inputs,
            self.roots.size,
            self.depth,
            self.feature.size,
            len(name),
            bytes.fromhex(self.source_sha256),
        )
        body = (
            header
            + name
            + b"".join(
                np.ascontiguousarray(array, dtype).tobytes()
                for array, dtype in (
                    (self.roots, "<i4"),
                    (self.right, "<i4"),
                    (self.threshold, "<f4"),
                    (self.feature, "u1"),
                    (self.leaf_class, "u1"),
                )
            )
        )
        return body + hashlib.sha256(body).digest()


def from_bytes(data: bytes) -> Forest:
    """Read a compiled forest.

    Raises:
        FormatError: wrong magic, version, length or digest, or links that could leave their tree.
    """
    if len(data) < _HEADER.size + _DIGEST_BYTES:
        raise FormatError("the compiled model is cut short", code="model-truncated")
    magic, version, inputs, trees, depth, nodes, name_bytes, source = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise FormatError("this is not a compiled forest of this version", code="model-format")
    if not (0 < nodes <= MAX_NODES and 0 < trees <= nodes and 0 < inputs <= 255 and name_bytes <= MAX_NAME_BYTES):
        raise FormatError("the compiled model states impossible sizes", code="model-format")
    expected = _HEADER.size + name_bytes + 4 * trees + 10 * nodes + _DIGEST_BYTES
    if len(data) != expected:
        raise FormatError(f"the compiled model has {len(data)} bytes instead of {expected}", code="model-truncated")
    view = memoryview(data)
    if hashlib.sha256(view[:-_DIGEST_BYTES]).digest() != data[-_DIGEST_BYTES:]:
        raise FormatError("the compiled model was altered: its digest does not fit", code="model-altered")
    position = _HEADER.size + name_bytes
    try:
        name = data[_HEADER.size : position].decode()
    except UnicodeDecodeError as error:
        raise FormatError("the model's name is not text", code="model-format") from error
    roots = np.frombuffer(data, "<i4", trees, position)
    right = np.frombuffer(data, "<i4", nodes, position + 4 * trees)
    threshold = np.frombuffer(data, "<f4", nodes, position + 4 * (trees + nodes))
    feature = np.frombuffer(data, "u1", nodes, position + 4 * trees + 8 * nodes)
    leaf_class = np.frombuffer(data, "u1", nodes, position + 4 * trees + 9 * nodes)
    _check_links(roots, right, feature, leaf_class, inputs)
    return Forest(name, source.hex(), inputs, depth, roots, feature, threshold, right, leaf_class)


def _check_links(
    roots: NDArray[np.int32], right: NDArray[np.int32], feature: NDArray[np.uint8], leaf_class: NDArray[np.uint8], inputs: int
) -> None:
    """Refuse trees that could step outside the arrays: a walk only ever moves forward and ends inside its tree."""
    number = np.arange(right.size, dtype=np.int32)
    inner = right != number
    ok = (
        roots[0] == 0
        and bool(np.all(np.diff(roots) > 0))
        and int(roots[-1]) < right.size
        and bool(np.all(right >= number))
        and int(right.max()) < right.size
        and not bool(inner[-1])
        and int(feature.max()) < inputs
        and int(leaf_class.max()) <= 1
    )
    if not ok:
        raise FormatError("the compiled model's trees are not well formed", code="model-format")
