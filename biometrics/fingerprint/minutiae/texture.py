"""The ridges around a minutia as 64 bits: a small convolutional network over the upright patch.

A patch is 36x36 samples of the small ridge picture, 3.2 px apart (115 px), turned with the minutia. The network (234,000 weights, run by ONNX
Runtime on one thread) was trained on generated prints only, so that the same place of a finger gives the same bits under pressure, moisture,
stretch and turn, and other places give others (scripts/training/minutia_texture.py). The bits are the signs of its outputs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.minutiae.template import RIDGE_SCALE, SAMPLE_PX

TEXTURE_BITS: Final = 64
SIDE: Final = 36
STEP_PX: Final = 3.2
AT_ONCE: Final = 16
"""Minutiae in one run of the network."""


@cache
def _network() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # a plan of memory for each count of minutiae, each with its own block, kept for good
    path = Path(__file__).with_name("texture.onnx")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def patches(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    angle: NDArray[np.uint8],
    ridges: NDArray[np.int8],
    origin: tuple[int, int],
    *,
    side: int = SIDE,
) -> NDArray[np.float32]:
    """Return (n, side, side): the ridges around each minutia (places in px), turned so that it points to the left."""
    # The training prints were turned this way; only agreement matters.
    turn = angle.astype(np.float32) * np.float32(2 * np.pi / 256) + np.float32(np.pi)
    c, s = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    line = ((np.arange(side) - (side - 1) / 2) * STEP_PX).astype(np.float32)
    across, along = line[None, None, :], line[None, :, None]
    scale = np.float32(1 / SAMPLE_PX)
    u = (x[:, None, None] + c * across - s * along - origin[0]) * scale - np.float32(0.5)
    v = (y[:, None, None] + s * across + c * along - origin[1]) * scale - np.float32(0.5)
    picture = ridges.astype(np.float32) * np.float32(1 / RIDGE_SCALE)
    shape = len(x) * side, side
    cut = cv2.remap(picture, u.reshape(shape), v.reshape(shape), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cut, np.float32).reshape(-1, side, side)


def texture_codes(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    angle: NDArray[np.uint8],
    ridges: NDArray[np.int8],
    origin: tuple[int, int],
) -> NDArray[np.uint64]:
    """Return the 64-bit codes (n,) of minutiae at (x, y) px over the ridge picture that starts at `origin`."""
    if len(x) == 0:
        return np.zeros(0, np.uint64)
    # By parts: the network's inner pictures of a whole finger are thirty megabytes, which the runtime keeps for good.
    cut, network = patches(x, y, angle, ridges, origin)[:, None], _network()
    value = np.concatenate([network.run(None, {"patch": cut[k : k + AT_ONCE]})[0] for k in range(0, len(cut), AT_ONCE)])
    return np.packbits(value > 0, axis=1, bitorder="little").view("<u8").astype(np.uint64).ravel()
