"""Scanner measures against rendered targets whose truth is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from devices.calibration import tone
from devices.calibration.bars import geometry
from devices.calibration.corrections import Corrections, apply, derive
from devices.calibration.frequency import contrast_transfer
from devices.calibration.measuring import measure
from devices.calibration.plan import plan_named
from devices.calibration.target import TargetNotFoundError, locate, parse_target, scanner_target
from devices.errors import ProfileError
from devices.simulated.targets import FLAWS, ScannerOptics, contrast, render_scanner, transfer

SMALL = ScannerOptics(shape=(400, 320), offset_mm=(0.1, 0.1))
CASES = {
    "plain": ("tenprint", ScannerOptics()),
    "other-scale": ("tenprint", ScannerOptics(ppi_x=500.8, ppi_y=493.6, sigma_mm=0.02)),
    "crooked-noisy": ("tenprint", ScannerOptics(ppi_x=501.3, ppi_y=498.9, angle_deg=-2.3, noise=3.0)),
    "bent": ("tenprint", ScannerOptics(bow_mm=0.5)),
    "small": ("single", replace(SMALL, ppi_x=497.0, angle_deg=0.4)),
    "thousand": ("single", ScannerOptics(ppi_x=1002.0, ppi_y=998.0, sigma_mm=0.008, shape=(800, 640), offset_mm=(0.1, 0.1))),
}


def seen(case: str) -> tuple[str, ScannerOptics, int, np.ndarray]:
    plan, optics = CASES[case]
    name = plan_named(plan).target
    return name, optics, 1000 if case == "thousand" else 500, render_scanner(name, "pattern", optics, seed=3)


@pytest.mark.parametrize("case", CASES)
def test_resolution_and_contrast_are_found_as_they_were_drawn(case: str) -> None:
    name, optics, ppi, picture = seen(case)
    target = scanner_target(name)
    found = geometry(picture, locate(picture, target, ppi), target.ronchi, ppi)
    assert found.ppi == pytest.approx((optics.ppi_x, optics.ppi_y), rel=0.002)
    transfers = contrast_transfer(picture, found.affine, target, min(found.ppi))
    assert len(transfers) == 20
    for (axis, cycles), (ctf, mtf) in transfers.items():
        assert ctf == pytest.approx(contrast(optics, cycles, axis), abs=0.03), (axis, cycles)
        assert mtf == pytest.approx(transfer(optics, cycles, axis), abs=0.03), (axis, cycles)


def test_the_truth_of_the_renderer_is_the_textbooks() -> None:
    """Without blur the pixel alone passes sinc(f / fs); blur multiplies by a Gaussian; bars have Coltman's series."""
    sharp = ScannerOptics(sigma_mm=0.0)
    assert transfer(sharp, 10.0, "x") == pytest.approx(math.sin(math.pi * 0.508) / (math.pi * 0.508))
    soft = ScannerOptics(sigma_mm=0.05)
    assert transfer(soft, 5.0, "x") / transfer(sharp, 5.0, "x") == pytest.approx(math.exp(-2 * (math.pi * 0.25) ** 2))
    assert contrast(soft, 8.0, "y") == pytest.approx(4 / math.pi * transfer(soft, 8.0, "y"), abs=1e-3)
    assert contrast(soft, 0.2, "y") == pytest.approx(1.0, abs=0.01)


def test_geometry_sees_scale_as_error_across_and_bow_as_error_along() -> None:
    target = scanner_target("scanner-80")

    def measured(optics: ScannerOptics) -> tuple[float, float, float]:
        picture = render_scanner("scanner-80", "pattern", optics)
        found = geometry(picture, locate(picture, target, 500), target.ronchi, 500)
        return found.across_short_in[1], found.across_long[1], found.along_in[0]

    short, long, along = measured(ScannerOptics())
    assert short < 0.0003
    assert long < 0.0035  # the shortest of the long distances has the jitter of the short ones
    assert along < 0.0001
    short, long, along = measured(ScannerOptics(ppi_y=493.6, bow_mm=0.5))
    assert long == pytest.approx(1 - 493.6 / 500, abs=0.003)
    # A parabola over the ruling's 42 of the glass's 76.2 mm; rotation takes its straight part away, the mean its middle.
    y = (np.linspace(9.6, 50.4, 50) + 1.5) * 493.6 / 500 / 38.1 - 1
    bow = 0.5 * y**2
    slope = np.polyfit(y, bow, 1)[0]
    bow -= bow.mean() + slope / 2 * (y - y.mean())  # the level bars are not turned: half of the slope counts as rotation
    assert along == pytest.approx(np.abs(bow).max() / 25.4, rel=0.1)


@pytest.mark.parametrize(("flaw", "tests"), [
    ("none", set()), ("ppi-y", {"ppi-y", "across-short-y", "across-long-y"}), ("noise", {"snr", "pixel-dark"}), ("shade", {"area-light"}),
    ("gamma", {"linearity"}), ("dead-pixels", {"dead-pixels"}), ("stripes", {"adjacent-light", "adjacent-dark"}),
])  # fmt: skip
def test_each_flaw_fails_its_own_rows(flaw: str, tests: set[str]) -> None:
    from devices.calibration.model import judge

    optics = ScannerOptics(**FLAWS[flaw])
    plan = plan_named("tenprint")
    faces = {
        face: [render_scanner("scanner-80", face, optics, seed=n) for n in range(3 if face != "pattern" else 1)]
        for face in ("pattern", "light", "dark")
    }
    rows = judge(plan.limits, measure(plan, 500, faces, {}))
    failed = {r.test for r in rows if r.verdict == "fail"}
    assert failed - {"snr", "pixel-light", "pixel-dark"} == tests - {"snr", "pixel-light", "pixel-dark"}
    assert tests <= failed
    unmeasured = {r.test for r in rows if r.verdict == "not-measured"}
    assert unmeasured == {"range-wide", "range-narrow"}


def test_what_is_no_target_is_refused() -> None:
    target = scanner_target("scanner-80")
    rng = np.random.default_rng(1)
    upright = render_scanner("scanner-80", "pattern", ScannerOptics())
    pictures = [np.full((1500, 1600), 250, np.uint8), rng.integers(0, 256, (1500, 1600), dtype=np.uint8), np.rot90(upright, 2).copy(),
                upright[:, ::-1].copy(), upright[:900].copy(), upright.T.copy(), np.full((60, 60), 10, np.uint8)]  # fmt: skip
    for picture in pictures:
        with pytest.raises(TargetNotFoundError):
            geometry(picture, locate(picture, target, 500), target.ronchi, 500)


def test_tone_measures_by_hand() -> None:
    field = np.full((406, 406), 100, np.uint8)
    field[:, 203:] = 110
    assert tone.area_difference(field, 500) == pytest.approx(10, abs=0.5)
    assert tone.adjacent(field, 100) == pytest.approx(10)
    assert tone.noise_worst(np.tile(np.asarray([[98, 102]], np.uint8), (400, 200)), 500) == pytest.approx(2.0, rel=0.001)
    light, dark = np.full((400, 400), 200, np.uint8), np.tile(np.asarray([[49, 51]], np.uint8), (400, 200))
    assert tone.signal_to_noise(light, dark, 500, 0) == pytest.approx(150, rel=0.001)
    finger = np.repeat(np.arange(180, dtype=np.uint8), 20).reshape(60, 60)
    assert tone.grey_levels(finger) == 180
    assert tone.share_with_range([finger, np.zeros((60, 60), np.uint8)], 150) == 0.5


def test_dead_pixels_are_those_that_stay_dead() -> None:
    light = [render_scanner("scanner-20", "light", replace(SMALL, noise=2.0, dead=((40, 60), (200, 100))), n) for n in range(3)]
    assert tone.dead_pixels(light, ()) == ((40, 60), (200, 100))
    light[1][40, 60] = 230  # saw the light once: dust, not death
    assert tone.dead_pixels(light, ()) == ((200, 100),)


def test_corrections_mend_and_leave_the_raw_picture_alone() -> None:
    optics = replace(SMALL, ppi_y=494.0, dead=((40, 60),), shade=0.1)
    raw = render_scanner("scanner-20", "light", optics)
    before = raw.copy()
    found = derive(500, (500.0, 494.0), [(40, 60)], [raw], flat=True)
    assert found.names == ("scale", "dead-pixels", "flat-field")
    done = apply(found, raw)
    assert np.array_equal(raw, before)
    assert done.shape == (405, 320)
    assert tone.dead_pixels([done], ()) == ()
    assert tone.area_difference(done, 500) < 2 < tone.area_difference(raw, 500)
    assert apply(Corrections(), raw) is raw
    assert derive(500, (560.0, 500.0), (), [], flat=False).names == ()  # 12 % off is another model, no scale
    assert derive(500, None, [(0, n) for n in range(501)], [], flat=False).names == ()  # a broken sensor


def test_a_targets_file_is_checked() -> None:
    from importlib.resources import files

    good = files("devices").joinpath("calibration", "data", "target-scanner-20.toml").read_bytes()
    assert parse_target(good).id == "scanner-20"
    for old, new in ((b'kind = "scanner"', b'kind = "camera"'), (b"size = [16, 20]", b"size = [10, 20]"), (b'axis = "y"', b'axis = "x"'),
                     (b"reflectance = 0.05", b'reflectance = "0.05"'), (b"dark = 0.05", b"darkness = 0.05"), (b"[16, 20]", b"[16, 20")):  # fmt: skip
        with pytest.raises(ProfileError):
            parse_target(good.replace(old, new))
    for name in ("nobody", "../limits", ""):
        with pytest.raises(ProfileError):
            scanner_target(name)
