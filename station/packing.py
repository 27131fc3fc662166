"""How an image travels and how it is kept: lossless JPEG 2000 by default, WSQ 15:1 where the procedure or the retention rule says so.

An original cannot be taken again, so the lossless form is decoded and compared before it is used, and what does not come back exactly
travels raw. WSQ (FBI IAFIS-IC-0110) is for 8-bit grey prints at 500 ppi only; the codec's rate is fixed at 0.75 bits a pixel, nominally 15:1
(measured 13:1 to 16:1 on slaps).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from station.capture.model import ImageRef
from station.errors import InputError

JP2: Final = "image/jp2"
WSQ: Final = "image/x-wsq"
RAW: Final = "application/x-raw"
WSQ_PPI: Final = 500


class PrintForm(StrEnum):
    """In which form raw prints go into a package (`Procedure.prints`)."""

    JP2 = "jp2"  # lossless JPEG 2000
    WSQ = "wsq"  # WSQ 15:1; the journal holds the original until the centre accepts


def packed_image(blob: bytes, image: ImageRef, form: PrintForm = PrintForm.JP2) -> tuple[bytes, str]:
    """Return (bytes that travel, their media type): raw pixels recoded, the device's own encodings as they are."""
    if image.encoding != "raw":
        return blob, image.encoding
    if len(blob) != image.width * image.height * image.channels * (image.bits_stored // 8):
        return blob, RAW  # a geometry that is not the bytes' own: they travel untouched, and the reader sees it
    pixels = raw_pixels(blob, image)
    if form is PrintForm.WSQ and fits_wsq(image):
        return wsq(pixels), WSQ
    done, encoded = cv2.imencode(".jp2", pixels, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000])
    back = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if done else None
    if back is None or not np.array_equal(back, pixels):
        return blob, RAW
    return encoded.tobytes(), JP2


def fits_wsq(image: ImageRef) -> bool:
    """Return whether WSQ is defined for this image: a print (it has a finger position), 8-bit grey, 500 ppi."""
    return (image.channels, image.bits, image.bits_stored, image.ppi) == (1, 8, 8, WSQ_PPI) and image.position > 0


def wsq(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return 8-bit grey `pixels` (height x width) as a WSQ stream at 0.75 bits a pixel."""
    import wsq as codec  # registers the format with Pillow
    from PIL import Image

    assert codec
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WSQ")
    return out.getvalue()


def smaller(data: bytes, image: Mapping[str, Any]) -> tuple[bytes, str] | None:
    """Return the form that takes an accepted original's place in the journal, None to keep it (`retention.reduce_accepted`).

    Only raw prints become smaller; portraits, irises, proofs and whatever a device encoded itself stay as they are.
    """
    try:
        ref = msgspec.convert(dict(image), ImageRef)
    except msgspec.ValidationError:
        return None
    if ref.encoding != "raw" or not fits_wsq(ref):
        return None
    return wsq(raw_pixels(data, ref)), WSQ


def original_of(data: bytes, media: str, sha256: str) -> bytes:
    """Return the journal's bytes that a lossless part was made of.

    Raises:
        InputError: ``part-altered``: the bytes that come out are not those named by `sha256` (hex).
    """
    if media == JP2 and hashlib.sha256(data).hexdigest() != sha256:
        pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        data = b"" if pixels is None else (pixels.astype("<u2", copy=False) if pixels.dtype == np.uint16 else pixels).tobytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("An image of the draft is not the original it names; nothing was taken in.", code="part-altered")
    return data


def raw_pixels(blob: bytes, image: ImageRef) -> npt.NDArray[Any]:
    """Return raw pixels as an array, height x width (x channels), of 8 or 16 bits."""
    kind = np.uint8 if image.bits_stored == 8 else np.dtype("<u2")
    shape = (image.height, image.width) if image.channels == 1 else (image.height, image.width, image.channels)
    return np.frombuffer(blob, kind).reshape(shape)
