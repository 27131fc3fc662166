"""Whatever goes in comes out, whatever its media type claims."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.journal import DamagedError
from station.journal.codec import Codec, compress, decompress, raw_media_type


@pytest.mark.parametrize(("channels", "bits"), [(1, 8), (3, 8), (4, 8), (1, 16), (3, 16)])
def test_pixels_of_every_form_survive(channels: int, bits: int) -> None:
    rng = np.random.default_rng(3)
    smooth = np.add.outer(np.arange(61), np.arange(47))[..., None] * np.ones(channels)
    image = (smooth + rng.integers(0, 3, smooth.shape)).astype("<u2" if bits == 16 else "u1")
    data = image.tobytes()
    codec, stored = compress(data, raw_media_type(47, 61, channels, bits))
    assert codec is Codec.PNG
    assert len(stored) < len(data) * 0.75
    assert decompress(codec, stored, len(data)) == data


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(
        ["text/plain", "image/jp2", "image/x-raw", "image/x-raw; width=x", ";;=;", "image/x-raw; width=10; height=-1"]
    )
    | st.builds(raw_media_type, st.integers(0, 30), st.integers(0, 30), st.integers(0, 5), st.sampled_from([8, 16, 7])),
)
def test_any_bytes_under_any_claim_survive(data: bytes, media_type: str) -> None:
    codec, stored = compress(data, media_type)
    assert len(stored) <= len(data)
    assert decompress(codec, stored, len(data)) == data


def test_damage_is_an_error_of_the_room() -> None:
    for codec, stored in ((0, b"abc"), (1, b"not zlib"), (2, b"not a png"), (9, b""), (1, b"x\x9c\x03\x00\x00\x00\x00\x01")):
        with pytest.raises(DamagedError):
            decompress(codec, stored, 10)
