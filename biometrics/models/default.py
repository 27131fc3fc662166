"""Our own default quality model: a small network in the package, taught by NIST's forest on synthetic prints.

Its score resembles NFIQ 2 and is never called that. How it was made: `biometrics.fingerprint.quality.training`.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ModelError

DEFAULT_NAME: Final = "station-quality-1 (not NFIQ 2)"
FILE: Final = "quality-default.onnx"


class OnnxQualityModel:
    """Runs a network float32 (1, 69) -> (1, 1), 0..100, on one thread."""

    official = False

    def __init__(self, data: bytes, name: str = DEFAULT_NAME) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError("our own quality model cannot be loaded; reinstall the program", code="model-altered") from error
        self._input: str = self._session.get_inputs()[0].name
        self._name = name

    @property
    def name(self) -> str:
        """See `QualityModel.name`."""
        return self._name

    def score(self, values: NDArray[np.float64]) -> int:
        """See `QualityModel.score`."""
        sample = np.asarray(values, np.float32).reshape(1, -1)
        found = float(self._session.run(None, {self._input: sample})[0].ravel()[0])
        return int(np.clip(np.floor(found + 0.5), 0, 100))


def default_model_size() -> int:
    """Return the size of our own model in bytes, 0 when the package lacks it."""
    file = files(__package__).joinpath(FILE)
    return len(file.read_bytes()) if file.is_file() else 0


@functools.cache
def default_model() -> OnnxQualityModel:
    """Return our own model, loaded once per process.

    Raises:
        ModelError: the package lacks it or it is damaged.
    """
    file = files(__package__).joinpath(FILE)
    if not file.is_file():
        raise ModelError("our own quality model is missing from the package; reinstall the program", code="model-missing")
    return OnnxQualityModel(file.read_bytes())
