"""The score's extractor against the check values of the original: every stage by CRC, the result number by number."""

from __future__ import annotations

import zlib

import cv2
import numpy as np
import pytest

from biometrics.errors import ImageError
from biometrics.fingerprint.quality.images import crop_white
from biometrics.fingerprint.quality.minutiae333 import extract
from biometrics.fingerprint.quality.minutiae333.angles import COSINE, SINE, angle_of, unit_vector
from biometrics.fingerprint.quality.minutiae333.candidates import find_candidates, phase_neighbours
from biometrics.fingerprint.quality.minutiae333.enhancement import enhance
from biometrics.fingerprint.quality.minutiae333.orientation import footprint, raw_field, smoothed_map
from biometrics.fingerprint.quality.minutiae333.phase import phase_image
from biometrics.fingerprint.quality.minutiae333.reduction import reduce_two_thirds

CHECKS = {
    # print: (crop, n, first three (x y angle kind confidence), sums of the same columns)
    "SFinGe_Test01": (
        (495, 416),
        69,
        ((78, 190, 157, 1, 206), (77, 223, 160, 1, 206), (77, 239, 165, 1, 200)),
        (14352, 19852, 8791, 94, 11322),
    ),
    "SFinGe_Test02": (
        (508, 416),
        78,
        ((380, 389, 185, 1, 219), (239, 231, 187, 1, 209), (93, 123, 174, 2, 201)),
        (15666, 18683, 12718, 107, 13266),
    ),
    "SFinGe_Test03": (
        (506, 416),
        68,
        ((193, 60, 139, 1, 205), (283, 321, 119, 2, 202), (113, 277, 32, 2, 201)),
        (15110, 16818, 9250, 96, 11559),
    ),
}
STAGES = {
    # print: (333-ppi shape, CRC-32 of image, footprint, enhanced, map, phase, candidates)
    "SFinGe_Test01": ((328, 256), "777f696e", "65eb73da", "714a4f1e", "66786fe2", "949e5ebb", 70),
    "SFinGe_Test02": ((336, 256), "eb87301f", "49fb323e", "488d2740", "4856dfcd", "75f435d1", 80),
    "SFinGe_Test03": ((336, 256), "eb29c001", "1bc586f2", "ae4691d7", "99107328", "ccef3b82", 69),
}


def crop(shared, name):
    image = cv2.imread(str(shared / "fingerprints" / "sfinge" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    return crop_white(image)[0]


def crc(array: np.ndarray) -> str:
    return f"{zlib.crc32(np.ascontiguousarray(array).tobytes()):08x}"


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_minutiae_are_the_originals(shared, name):
    shape, count, first, sums = CHECKS[name]
    image = crop(shared, name)
    found = extract(image)
    table = np.stack([found.x, found.y, found.angle, found.kind, found.confidence], axis=1)
    assert image.shape == shape
    assert found.count == len(table) == count
    assert tuple(map(tuple, table[:3].tolist())) == first
    assert tuple(table.sum(axis=0).tolist()) == sums


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(STAGES))
def test_every_stage_has_the_originals_bytes(shared, name):
    shape, *expected = STAGES[name]
    small = reduce_two_thirds(crop(shared, name)).image
    inside = footprint(*raw_field(small))
    enhanced = enhance(small, None)
    direction = smoothed_map(*raw_field(enhanced), inside)
    phase = phase_image(enhanced, direction)
    candidates = find_candidates(phase, phase_neighbours(phase))
    found = [*map(crc, (small, inside, enhanced, direction, phase)), candidates.x.size]
    assert small.shape == shape
    assert found == expected


@pytest.mark.shared_data
def test_skipping_blocks_out_of_reach_changes_nothing_after_enhancement(shared):
    image = cv2.imread(str(shared / "fingerprints" / "fvc2002_db3_b" / "109_4.png"), cv2.IMREAD_GRAYSCALE)
    small = reduce_two_thirds(crop_white(image)[0]).image
    inside = footprint(*raw_field(small))
    quick, whole = enhance(small, inside), enhance(small, None)
    assert not np.array_equal(quick, whole)
    maps = [smoothed_map(*raw_field(e), inside) for e in (quick, whole)]
    assert np.array_equal(maps[0], maps[1])
    assert np.array_equal(phase_image(quick, maps[0]), phase_image(whole, maps[1]))


def test_angle_table_is_exact_on_the_axes_and_odd_under_reflection():
    x = np.array([5, 0, -5, 0, 0, 7, -7])
    y = np.array([0, 5, 0, -5, 0, 7, -7])
    assert angle_of(x, y).tolist() == [0, 64, 128, 192, 0, 32, 160]
    rng = np.random.default_rng(4)
    c, s = rng.integers(-30000, 30000, (2, 500))
    assert np.array_equal((angle_of(c, s) + angle_of(c, -s)) % 256, np.zeros(500))


def test_unit_vectors_wrap_as_int8_and_vanish_when_weak():
    x, y = unit_vector(np.array([200, 126, -200, 25400], np.float32), np.zeros(4, np.float32), 0)
    assert x.tolist() == [200 - 256, 0, 56, 127]
    assert not y.any()


def test_sine_table_has_its_four_odd_entries():
    assert [int(SINE[a]) for a in (0, 5, 64, 123, 128, 133, 251)] == [0, 15, 127, 15, 0, -15, -15]
    assert np.array_equal(COSINE, SINE[(np.arange(256) + 64) % 256])


def test_a_blank_print_is_refused_by_name():
    with pytest.raises(ImageError) as caught:
        extract(np.full((300, 300), 200, np.uint8))
    assert caught.value.reason_code == "too-few-minutiae"


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (196, 196), (1000, 800), (197, 203)])
def test_any_crop_size_either_gives_minutiae_or_the_named_refusal(shape):
    noise = np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)
    code = None
    try:
        found = extract(noise)
    except ImageError as error:
        code = error.reason_code
    if code is None:
        assert 6 <= found.count <= 255
        assert (found.x < shape[1]).all()
        assert (found.y < shape[0]).all()
    else:
        assert code == "too-few-minutiae"
