"""Reads the YAML that OpenCV's RTrees writes and compiles it to a `Forest`.

Only the form NFIQ 2 uses is understood: two classes, ordered inputs, pre-order nodes with their depth, splits `{var, le}`.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import numpy as np

from biometrics.errors import FormatError
from biometrics.models.forest import MAX_NODES, Forest

MAX_BYTES: Final = 64_000_000
MAX_DEPTH: Final = 60

_NUMBER: Final = rb"[-+]?[0-9.]{1,30}(?:[eE][-+]?[0-9]{1,4})?"
_NODE: Final = re.compile(
    rb"depth:\s{1,40}(\d{1,4})\s{1,40}value:\s{1,40}(" + _NUMBER + rb")\s{1,40}norm_class_idx:\s{1,40}([01])"
    rb"(?:\s{1,40}splits:\s{1,40}-\s{1,40}\{\s{0,40}var:\s{0,40}(\d{1,3}),\s{0,40}quality:\s{0,40}"
    + _NUMBER
    + rb",\s{0,40}le:\s{0,40}("
    + _NUMBER
    + rb")\s{0,40}\})?"
)


def _header_number(head: bytes, key: bytes) -> int:
    found = re.search(rb"\b" + key + rb":\s{1,40}(\d{1,9})\b", head)
    if not found:
        raise FormatError(f"the forest file lacks {key.decode()}", code="model-format")
    return int(found[1])


def compile_trees(data: bytes, name: str) -> Forest:
    """Compile the YAML `data` of an OpenCV random forest.

    Raises:
        FormatError: not such a file, too large, or trees that do not close.
    """
    if len(data) > MAX_BYTES:
        raise FormatError("the forest file is larger than any known model", code="model-too-large")
    body = re.search(rb"\n {1,40}trees:\s", data[:200_000])
    head = data[: body.start() if body else 100_000]
    if b"format: 3" not in head or _header_number(head, b"is_classifier") != 1:
        raise FormatError("this is not an OpenCV classification forest (format 3)", code="model-format")
    inputs = _header_number(head, b"var_count")
    trees = _header_number(head, b"ntrees")
    if not 0 < inputs <= 255 or not 0 < trees <= 10_000 or _header_number(head, b"ord_var_count") != inputs:
        raise FormatError("the forest has inputs this program does not know", code="model-format")
    parts = data[len(head) :].split(b"nodes:")[1:]
    if len(parts) != trees:
        raise FormatError(f"the forest announces {trees} trees and has {len(parts)}", code="model-format")
    nodes = _Nodes(inputs)
    roots = []
    for part in parts:
        roots.append(len(nodes.right))
        nodes.add_tree(part)
        if len(nodes.right) > MAX_NODES:
            raise FormatError("the forest has more nodes than any known model", code="model-too-large")
    return Forest(
        name,
        hashlib.sha256(data).hexdigest(),
        inputs,
        nodes.deepest,
        np.asarray(roots, np.int32),
        np.asarray(nodes.feature, np.uint8),
        np.asarray(nodes.threshold, np.float32),
        np.asarray(nodes.right, np.int32),
        np.asarray(nodes.leaf, np.uint8),
    )


class _Nodes:
    """The growing flat arrays of all trees."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.deepest = 0
        self.feature: list[int] = []
        self.threshold: list[float] = []
        self.right: list[int] = []
        self.leaf: list[int] = []

    def add_tree(self, part: bytes) -> None:
        """Append one tree. An inner node's second child is the node after the last leaf of its first child."""
        found = list(_NODE.finditer(part))
        if part.count(b"depth:") != len(found):
            raise FormatError("a node of the forest is not readable", code="model-format")
        open_nodes: list[tuple[int, int]] = []  # (index, depth) of inner nodes whose second child is still to come
        expected_depth = 0
        for node in found:
            depth, index = int(node[1]), len(self.right)
            if depth != expected_depth or depth > MAX_DEPTH:
                raise FormatError("the nodes of a tree are not in pre-order", code="model-format")
            self.deepest = max(self.deepest, depth)
            if node[4] is not None:
                self._append(*self._split(node), right=-1, leaf=0)
                open_nodes.append((index, depth))
                expected_depth = depth + 1
                continue
            self._append(0, -np.inf, right=index, leaf=int(node[3]))
            if open_nodes:
                parent, parent_depth = open_nodes.pop()
                self.right[parent] = index + 1
                expected_depth = parent_depth + 1
            else:
                expected_depth = -1  # closed: no node may follow
        if expected_depth != -1:
            raise FormatError("a tree ends before its last leaf", code="model-format")

    def _split(self, node: re.Match[bytes]) -> tuple[int, float]:
        variable = int(node[4])
        if variable >= self.inputs:
            raise FormatError("a split asks for an input that does not exist", code="model-format")
        try:
            return variable, float(node[5])
        except ValueError as error:
            raise FormatError("a split's border is not a number", code="model-format") from error

    def _append(self, feature: int, threshold: float, *, right: int, leaf: int) -> None:
        self.feature.append(feature)
        self.threshold.append(threshold)
        self.right.append(right)
        self.leaf.append(leaf)
