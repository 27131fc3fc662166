"""The official NFIQ 2 model: how it is recognised, unpacked and compiled.

The model ("Plain TIR + Ink", version 2.0.0) is work of NIST, public domain in the United States; NIST is acknowledged as its
source. It never ships with this program: a station imports the file it got from NIST, by its sha256.
"""

from __future__ import annotations

import hashlib
import lzma
import re
from dataclasses import dataclass
from typing import Final

from biometrics.errors import FormatError, ModelError
from biometrics.models.forest import Forest
from biometrics.models.opencv_trees import MAX_BYTES, compile_trees

OFFICIAL_SHA256: Final = "5b2ba736c354abe5ffbba54102317ea9b1fb8fb59c24e49b71b4e7124280ca30"
OFFICIAL_NAME: Final = "NFIQ 2 (Plain TIR + Ink 2.0.0)"
_XZ_MAGIC: Final = b"\xfd7zXZ\x00"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The small text that NIST ships beside the forest: its name, version, the file's name and md5."""

    name: str
    version: str
    path: str
    md5: str


def read_descriptor(data: bytes) -> Descriptor:
    """Read NIST's `.txt` descriptor (lines `Key = value`).

    Raises:
        FormatError: too long, not text, or a key is missing.
    """
    if len(data) > 20_000:
        raise FormatError("the model descriptor is too long", code="model-format")
    text = data.decode("utf-8", errors="replace")
    pairs = {key.strip().lower(): value.strip() for key, value in re.findall(r"(?m)^([^#=\n]{1,40})=([^\n]{1,300})$", text)}
    try:
        return Descriptor(pairs["name"], pairs.get("version", ""), pairs["path"], pairs["hash"].lower())
    except KeyError as error:
        raise FormatError(f"the model descriptor lacks {error.args[0]}", code="model-format") from error


def unpack(data: bytes) -> bytes:
    """Return `data`, unpacked when it is an xz stream, never more than 64 MB.

    Raises:
        FormatError: a broken or oversized stream.
    """
    if not data.startswith(_XZ_MAGIC):
        return data
    unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=128_000_000)
    try:
        out = unpacker.decompress(data, max_length=MAX_BYTES)
    except (lzma.LZMAError, EOFError) as error:
        raise FormatError("the packed model is damaged", code="model-format") from error
    if not unpacker.eof:
        raise FormatError("the packed model is cut short or larger than any known model", code="model-too-large")
    return out


def import_official(data: bytes) -> Forest:
    """Compile the official model from its file's bytes (`.yaml` or `.yaml.xz`).

    Raises:
        ModelError: ``model-unknown``: the sha256 is not the official one.
        FormatError: a damaged xz stream.
    """
    plain = unpack(data)
    digest = hashlib.sha256(plain).hexdigest()
    if digest != OFFICIAL_SHA256:
        raise ModelError(
            f"this file is not the official NFIQ 2 model: its sha256 begins with {digest[:16]} instead of "
            f"{OFFICIAL_SHA256[:16]}; nothing was imported",
            code="model-unknown",
            sha256=digest,
        )
    return compile_trees(plain, OFFICIAL_NAME)
