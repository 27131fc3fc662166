"""Calibration: how far each measure is from the truth that was drawn, and what a calibration costs.

    ./run bench calibration [--json]

References are the issue's targets: ppi 0.2 %, CTF 0.03, SFR 0.02 up to Nyquist/2, CIEDE2000 0.3, distortion RMS 0.3 px. The errors are the worst
over all renderings; CPU time of this thread.
"""

from __future__ import annotations

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

from devices.calibration.bars import geometry
from devices.calibration.board import distortion
from devices.calibration.camera_target import camera_target
from devices.calibration.certificate import read_certificate, write_certificate
from devices.calibration.colour import colour_errors
from devices.calibration.edges import FREQUENCIES, find_squares, linear_light, square_responses
from devices.calibration.frequency import contrast_transfer
from devices.calibration.measuring import measure
from devices.calibration.plan import plan_named
from devices.calibration.target import locate, scanner_target
from devices.simulated.camera_targets import CameraOptics, chart_corners, render_camera, response
from devices.simulated.targets import ScannerOptics, contrast, render_scanner
from tests.bench.report import Report, cpu_ms
from tests.devices.calibration.certificates import body

SCANNERS = tuple(
    ScannerOptics(ppi_x=500 + dx, ppi_y=500 + dy, angle_deg=angle, sigma_mm=sigma, noise=noise)
    for dx, dy, angle, sigma, noise in (
        (0, 0, 0, 0.012, 0.8),
        (4.2, -5.6, 0.7, 0.02, 1.5),
        (-3.1, 2.2, -2.5, 0.03, 3.0),
        (0.8, -6.4, 1.4, 0.04, 2.0),
    )
)
CAMERAS = (
    CameraOptics(),
    CameraOptics(sigma_px=1.0, noise=1.5),
    CameraOptics(sigma_px=0.45, corner_blur=1.0),
    CameraOptics(sigma_px=1.4),
)


def main(arguments: list[str]) -> None:
    """Print one line per figure."""
    report = Report(arguments)
    _scanner(report)
    _camera(report)
    picture = [render_scanner("scanner-80", "pattern", SCANNERS[1], n) for n in range(3)]
    fields = {face: [render_scanner("scanner-80", face, SCANNERS[1], n) for n in range(3)] for face in ("light", "dark")}
    plan = plan_named("tenprint")
    report.figure(
        "scanner, 9 captures measured, CPU",
        cpu_ms(lambda: measure(plan, 500, {"pattern": picture, **fields}, {}), 3),
        "ms",
        note="1600x1500, 61 rows",
    )
    data = write_certificate(body()).data
    report.figure("certificate read and checked in form, CPU", cpu_ms(lambda: read_certificate(data)), "ms")


def _scanner(report: Report) -> None:
    target = scanner_target("scanner-80")
    ppi, ctf = 0.0, 0.0
    for optics in SCANNERS:
        picture = render_scanner("scanner-80", "pattern", optics, seed=5)
        found = geometry(picture, locate(picture, target, 500), target.ronchi, 500)
        ppi = max(ppi, abs(found.ppi[0] / optics.ppi_x - 1), abs(found.ppi[1] / optics.ppi_y - 1))
        for (axis, cycles), (seen, _) in contrast_transfer(picture, found.affine, target, min(found.ppi)).items():
            ctf = max(ctf, abs(seen - contrast(optics, cycles, axis)))
    report.figure("resolution, worst error", ppi * 100, "%", 0.2, f"{len(SCANNERS)} scanners, crooked up to 2.5°")
    report.figure("CTF 1..10 cy/mm, worst error", ctf, "", 0.03, f"{20 * len(SCANNERS)} bar patterns")


def _camera(report: Report) -> None:
    target = camera_target("camera-a4")
    sfr, edges = 0.0, 0
    for optics in CAMERAS:
        picture = render_camera("camera-a4", "edges", optics)
        light = linear_light(picture)
        for number, square in enumerate(find_squares(picture)):
            for found in square_responses(light, square):
                edges += 1
                blur = optics.corner_blur if number else 1.0
                sfr = max([sfr, *(abs(found.at(f) - response(optics, f, blur=blur)) for f in FREQUENCIES if f <= 0.25)])
    report.figure("SFR to 0.25 cy/px, worst error", sfr, "", 0.02, f"{edges} edges")
    worst = 0.0
    for gains in ((1, 1, 1), (1.05, 1, 0.9), (0.92, 1, 1.04), (0.9, 0.9, 0.9)):
        optics = CameraOptics(gains=gains, falloff=0.0)
        errors, _ = colour_errors(render_camera("camera-a4", "colour", optics), target, chart_corners("camera-a4", optics))
        true = np.asarray(target.patches, np.float64)
        expected = deltaE_ciede2000(rgb2lab(true[None] / 255)[0], rgb2lab(np.clip(true * gains, 0, 255)[None] / 255)[0])
        worst = max(worst, float(np.abs(errors - expected).max()))
    report.figure("CIEDE2000, worst error", worst, "dE00", 0.3, "96 patches against scikit-image on the planted values")
    optics = CameraOptics(k1=-0.16, k2=0.05)
    found_lens = distortion([render_camera("camera-a4", "board", optics, n) for n in range(12)], target)
    report.figure("distortion, RMS of reprojection", found_lens.rms, "px", 0.3, "12 views, 1280x720")
    height, width = optics.shape
    points = np.stack(np.meshgrid(np.linspace(0, width - 1, 17), np.linspace(0, height - 1, 11)), axis=-1).reshape(-1, 1, 2)
    camera = np.asarray([[optics.focal_px, 0, (width - 1) / 2], [0, optics.focal_px, (height - 1) / 2], [0, 0, 1]])
    moved = [
        cv2.undistortPoints(points, k, d, P=k) - points
        for k, d in ((camera, np.asarray([optics.k1, optics.k2, 0, 0])), (found_lens.camera, found_lens.coefficients))
    ]
    report.figure(
        "distortion, RMS against the true lens",
        float(np.sqrt(np.mean(np.sum((moved[0] - moved[1]) ** 2, axis=-1)))),
        "px",
        0.3,
        "over the whole picture",
    )
