"""Camera measures: Sharma's pairs, an independent CIEDE2000, rendered edges, charts and boards whose truth is known."""

from __future__ import annotations

from importlib.resources import files

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from skimage.color import deltaE_ciede2000, rgb2lab

from devices.calibration.board import board_corners, distortion
from devices.calibration.camera import check_camera_face, illumination, measure_camera
from devices.calibration.camera_target import camera_target, parse_camera_target
from devices.calibration.colour import ciede2000, colour_errors, srgb_to_lab
from devices.calibration.edges import FREQUENCIES, find_squares, linear_light, slanted_edge, square_responses
from devices.calibration.plan import plan_named
from devices.calibration.target import TargetNotFoundError
from devices.errors import ProfileError
from devices.simulated.camera_targets import CAMERA_FLAWS, CameraOptics, chart_corners, render_camera, response

A4 = "camera-a4"
PLAN = plan_named("camera")

# G. Sharma, W. Wu, E. Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test data, and mathematical
# observations", Color Research and Application 30 (2005), table 1: L a b, L a b, difference.
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


def test_sharmas_published_pairs() -> None:
    table = np.asarray([line.split() for line in SHARMA.strip().splitlines()], np.float64)
    assert len(table) == 34
    for first, second in ((table[:, :3], table[:, 3:6]), (table[:, 3:6], table[:, :3])):
        assert ciede2000(first, second) == pytest.approx(table[:, 6], abs=1e-4)


@given(
    st_numpy.arrays(np.float64, (8, 3), elements=st.floats(0, 255)),
    st_numpy.arrays(np.float64, (8, 3), elements=st.floats(0, 255)),
)
def test_colour_agrees_with_an_independent_implementation(first: np.ndarray, second: np.ndarray) -> None:
    labs = srgb_to_lab(first), srgb_to_lab(second)
    for ours, rgb in zip(labs, (first, second), strict=True):
        assert ours == pytest.approx(rgb2lab(rgb[None] / 255)[0], abs=0.02)
    assert ciede2000(*labs) == pytest.approx(deltaE_ciede2000(*labs), abs=1e-6)


@pytest.mark.parametrize("gains", [(1.0, 1.0, 1.0), (1.06, 1.0, 0.9), (0.93, 0.98, 1.04)])
def test_a_chart_gives_the_planted_colour_error(gains: tuple[float, float, float]) -> None:
    target = camera_target(A4)
    optics = CameraOptics(gains=gains, falloff=0.0, noise=1.5)
    errors, cast = colour_errors(render_camera(A4, "colour", optics), target, chart_corners(A4, optics))
    true = np.asarray(target.patches, np.float64)
    seen = np.clip(true * gains, 0, 255)
    expected = deltaE_ciede2000(rgb2lab(true[None] / 255)[0], rgb2lab(seen[None] / 255)[0])
    assert np.abs(errors - expected).max() < 0.3
    grey = (seen - true)[list(target.grey)]
    assert cast == pytest.approx(np.abs(grey[:, [0, 2]] - grey[:, [1]]).max(), abs=0.6)


def test_corners_marked_a_little_off_do_not_matter_but_a_turned_chart_does() -> None:
    target, optics = camera_target(A4), CameraOptics(falloff=0.0)
    picture, corners = render_camera(A4, "colour", optics), np.asarray(chart_corners(A4, optics))
    off, _ = colour_errors(picture, target, corners + np.asarray([[4, -3], [-5, 4], [3, 5], [-4, -4]]))
    assert off.max() < 0.5
    turned, _ = colour_errors(picture, target, np.roll(corners, 1, axis=0))
    assert turned.mean() > 15


@pytest.mark.parametrize(
    "optics",
    [CameraOptics(), CameraOptics(sigma_px=1.2, noise=2.0), CameraOptics(sigma_px=0.45, corner_blur=1.0, shape=(1080, 1440))],
)
def test_edges_give_the_response_they_were_drawn_with(optics: CameraOptics) -> None:
    picture = render_camera(A4, "edges", optics)
    light, squares = linear_light(picture), find_squares(picture)
    assert len(squares) == 5
    for number, square in enumerate(squares):
        edges = square_responses(light, square)
        assert len(edges) == 4
        for found in edges:
            for frequency in (f for f in FREQUENCIES if f <= 0.25):
                assert found.at(frequency) == pytest.approx(
                    response(optics, frequency, blur=optics.corner_blur if number else 1.0), abs=0.02
                )
            assert found.at(0) == pytest.approx(1)
            assert found.overshoot < 0.03


def test_without_noise_the_response_has_no_bias() -> None:
    optics = CameraOptics(sigma_px=0.45, corner_blur=1.0, noise=0.0, falloff=0.0)
    picture = render_camera(A4, "edges", optics)
    light = linear_light(picture)
    found = [r for square in find_squares(picture) for r in square_responses(light, square)]
    for frequency in FREQUENCIES:
        assert np.mean([r.at(frequency) for r in found]) == pytest.approx(response(optics, frequency), abs=0.008)


def test_sharpening_shows_as_overshoot_and_blur_as_a_low_mtf50() -> None:
    def seen(flaw: str) -> dict[str, float]:
        picture = render_camera(A4, "edges", CameraOptics(**CAMERA_FLAWS[flaw]))
        return {r.test: r.values[0] for r in measure_camera(PLAN, {"edges": [picture]}, {}) if r.at is None}

    plain, sharp, soft, corners = (seen(f) for f in ("none", "sharpen", "blur", "soft-corners"))
    assert plain["overshoot"] < 0.05 < 0.2 < sharp["overshoot"]
    assert soft["mtf50-centre"] < 0.15 < plain["mtf50-centre"]
    assert corners["mtf50-corner"] < 0.1 < corners["mtf50-centre"]


def test_what_is_no_chart_is_refused() -> None:
    rng = np.random.default_rng(2)
    chart = render_camera(A4, "edges", CameraOptics())
    wrong = [np.full((720, 1280, 3), 200, np.uint8), rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8), chart[:, :700].copy(), chart[::4, ::4].copy(),
             render_camera(A4, "colour", CameraOptics())]  # fmt: skip
    for picture in wrong:
        for face in ("edges", "board"):
            with pytest.raises(TargetNotFoundError):
                check_camera_face(PLAN, face, picture)
    straight = np.full((60, 60), 0.8)
    straight[:, 30:] = 0.1
    with pytest.raises(TargetNotFoundError):
        slanted_edge(straight)
    with pytest.raises(TargetNotFoundError):
        slanted_edge(np.full((60, 60), 0.5))
    for value in (20, 255):
        with pytest.raises(TargetNotFoundError):
            check_camera_face(PLAN, "white", np.full((720, 1280, 3), value, np.uint8))


def test_distortion_is_the_one_that_was_drawn() -> None:
    optics, target = CameraOptics(k1=-0.16, k2=0.04, shape=(480, 854), focal_px=900.0), camera_target(A4)
    views = [render_camera(A4, "board", optics, n) for n in range(12)]
    found = distortion(views, target)
    assert found.rms < 0.3
    assert found.views == 12
    # How far the true lens moves a point, and the one found.
    x, y = np.meshgrid(np.linspace(30, 820, 9), np.linspace(30, 450, 7))
    true_camera = np.asarray([[900, 0, (854 - 1) / 2], [0, 900, (480 - 1) / 2], [0, 0, 1.0]])
    points = np.stack([x.ravel(), y.ravel()], axis=-1)[:, None]
    moved = [cv2.undistortPoints(points, camera, k, P=camera)[:, 0] - points[:, 0]
             for camera, k in ((true_camera, np.asarray([-0.16, 0.04, 0, 0])), (found.camera, found.coefficients))]  # fmt: skip
    assert np.sqrt(np.mean(np.sum((moved[0] - moved[1]) ** 2, axis=1))) < 0.3
    assert np.abs(moved[0]).max() > 10
    once = distortion([views[0]] * 3 + views[1:4], target)
    assert once.views == 4  # the same view three times is one view
    numbers = board_corners(views[4], target)[1]
    assert len(set(numbers.tolist())) == len(numbers) >= 12


def test_illumination_by_hand() -> None:
    assert illumination(np.full((720, 1280, 3), 180, np.uint8)) == pytest.approx(1)
    ramp = np.repeat(np.linspace(100, 200, 1600, dtype=np.float32)[None, :], 160, axis=0).astype(np.uint8)
    assert illumination(ramp) == pytest.approx(103.1 / 196.9, abs=0.01)
    assert illumination(render_camera(A4, "white", CameraOptics(falloff=0.35))) < 0.8


def test_a_camera_targets_file_is_checked() -> None:
    good = files("devices").joinpath("calibration", "data", f"target-{A4}.toml").read_bytes()
    assert parse_camera_target(good).board == (11, 8)
    for old, new in ((b'kind = "camera"', b'kind = "scanner"'), (b'"74523f", ', b""), (b'"74523f"', b'"7452"'), (b"marker = 18", b"marker = 24"),
                     (b"columns = 11", b"columns = 90"), (b'"5x5-100"', b'"9x9"'), (b"[148.5, 105], ", b""), (b"side = 32", b"side = -1")):  # fmt: skip
        assert old in good
        with pytest.raises(ProfileError):
            parse_camera_target(good.replace(old, new, 1))
    with pytest.raises(ProfileError):
        camera_target("../limits")


def test_the_truth_of_the_renderer_is_the_textbooks() -> None:
    assert response(CameraOptics(sigma_px=0.0), 0.25, angle_deg=0.0) == pytest.approx(np.sin(np.pi / 4) / (np.pi / 4))
    assert response(CameraOptics(sigma_px=1.0), 0.1, angle_deg=0.0) / np.sinc(0.1) == pytest.approx(
        np.exp(-2 * (np.pi * 0.1) ** 2)
    )
