"""A print's template as it comes out of a store."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.minutiae.extraction import extract
from biometrics.fingerprint.minutiae.template import Template
from biometrics.fingerprint.minutiae.template_bytes import from_bytes, to_bytes


def extract_stored(image: NDArray[np.uint8], ppi: int = 500) -> Template:
    """Return the template of one print, written and read again: false-match rates were measured on this form, and a fresh template
    (which keeps more) matches strangers more often.

    Args:
        image: uint8 (height, width), dark ridges; 64..4096 px a side.
        ppi: its resolution.

    Raises:
        ImageError: as `extract`.
    """
    return from_bytes(to_bytes(extract(np.ascontiguousarray(image), ppi)))
