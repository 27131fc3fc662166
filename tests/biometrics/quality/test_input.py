"""Input rules: each refusal by name, before heavy work; the 1000-ppi reduction; resampling only with leave, and recorded."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.errors import FormatError, ImageError, ModelError
from biometrics.fingerprint.quality import assess
from biometrics.fingerprint.quality.images import reduce_1000_ppi
from biometrics.fingerprint.quality.training.faults import faulty_prints
from biometrics.models import import_official, official_model
from biometrics.models.opencv_trees import compile_trees
from tests.biometrics.quality.reference import official_file


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((300, 300), np.float64), "image-type"),
        (np.zeros((300, 300), np.int16), "image-type"),
        ([[1, 2], [3, 4]], "image-type"),
        (np.zeros((300, 300, 3), np.uint8), "image-shape"),
        (np.zeros((0, 10), np.uint8), "image-shape"),
        (np.zeros(9, np.uint8), "image-shape"),
        (np.broadcast_to(np.uint8(0), (20_000, 20_000)), "image-too-large"),
        (np.zeros((1001, 300), np.uint8), "image-too-large"),
        (np.zeros((300, 801), np.uint8), "image-too-large"),
    ],
)
def test_refused_by_name(image, code):
    with pytest.raises(ImageError) as caught:
        assess(image, 500)
    assert caught.value.reason_code == code


@pytest.mark.parametrize("ppi", [0, -5, 96, 300, 501, 2000])
def test_other_resolutions_need_leave(ppi):
    with pytest.raises(ImageError) as caught:
        assess(np.zeros((300, 300), np.uint8), ppi)
    assert caught.value.reason_code == "image-ppi"


def test_resampling_is_recorded():
    image = next(faulty_prints(1, 3, ("clean",)))[1]
    assert assess(image, 500).resampled is None
    assert assess(image, 520, resample=True).resampled == "resampled-from-520"
    assert assess(np.repeat(np.repeat(image, 2, 0), 2, 1), 1000).resampled == "nist-ir-7839"


@pytest.mark.parametrize(("value", "refusal"), [(255, "image-all-white"), (100, "image-uniform")])
def test_nothing_on_it(value, refusal):
    assert assess(np.full((400, 400), value, np.uint8), 500).refusal == refusal


def test_one_pixel():
    assert assess(np.zeros((1, 1), np.uint8), 500).refusal is not None


def test_reduction_keeps_a_flat_field_and_halves_the_size():
    flat = np.full((101, 80), 77, np.uint8)
    assert np.array_equal(reduce_1000_ppi(flat), np.full((51, 40), 77, np.uint8))


def test_another_file_is_not_imported():
    with pytest.raises(ModelError) as caught:
        import_official(b"%YAML:1.0\n---\n")
    assert caught.value.reason_code == "model-unknown"
    with pytest.raises(FormatError):
        compile_trees(b"%YAML:1.0\n---\n", "x")


@pytest.mark.shared_data
def test_a_compiled_model_that_was_altered_is_refused(shared):
    data = bytearray(import_official(official_file(shared)).to_bytes())
    official_model(bytes(data))
    data[5000] ^= 1
    with pytest.raises(FormatError) as caught:
        official_model(bytes(data))
    assert caught.value.reason_code == "model-altered"
    with pytest.raises(FormatError):
        official_model(bytes(data[:2000]))
