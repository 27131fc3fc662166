"""Model packs: import by sha256, compiled forests, ONNX runners.

Public names: `QualityModel` (what a fingerprint score needs), `official_model` (compiled file of the imported NFIQ 2 forest),
`import_official` (NIST's own file), `default_model` (ours, in the wheel). Pure functions on bytes; where packs are kept is the
station's business. May import: NumPy, ONNX Runtime (only when our own model is used).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.models.default import DEFAULT_NAME, OnnxQualityModel, default_model, default_model_size
from biometrics.models.forest import Forest, from_bytes
from biometrics.models.nfiq2 import OFFICIAL_NAME, OFFICIAL_SHA256, Descriptor, import_official, read_descriptor

__all__ = [
    "DEFAULT_NAME",
    "OFFICIAL_NAME",
    "OFFICIAL_SHA256",
    "Descriptor",
    "ForestModel",
    "OnnxQualityModel",
    "QualityModel",
    "default_model",
    "default_model_size",
    "import_official",
    "official_model",
    "read_descriptor",
]


class QualityModel(Protocol):
    """Turns the 69 measures into a score."""

    @property
    def name(self) -> str:
        """What the score is called wherever it is shown."""

    @property
    def official(self) -> bool:
        """True only for NIST's own forest: only then may the score be called NFIQ 2."""

    def score(self, values: NDArray[np.float64]) -> int:
        """Return 0..100 for the measures, float64 (69,), in the order of `MEASURE_NAMES`."""


@dataclass(frozen=True, slots=True)
class ForestModel:
    """The votes of a compiled forest of 100 trees as a score."""

    forest: Forest

    @property
    def name(self) -> str:
        """See `QualityModel.name`."""
        return self.forest.name

    @property
    def official(self) -> bool:
        """See `QualityModel.official`."""
        return self.forest.source_sha256 == OFFICIAL_SHA256

    def score(self, values: NDArray[np.float64]) -> int:
        """See `QualityModel.score`: the share of trees that vote for class 1, in whole percent, halves up."""
        votes = int(self.forest.votes(values)[0])
        return int(np.floor(votes * 100 / self.forest.roots.size + 0.5))


def official_model(compiled: bytes) -> ForestModel:
    """Return the model of a compiled forest file (what `Forest.to_bytes` wrote).

    Raises:
        FormatError: see `biometrics.models.forest.from_bytes`.
    """
    return ForestModel(from_bytes(compiled))
