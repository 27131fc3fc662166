"""Photographed papers: bytes of a page, whether 8 point text stays legible, seconds of judging and keeping.

    ./run bench papers [--json]

Legibility without anybody's eyes: capitals and digits of a known size are set on a sheet, photographed by a camera made here (perspective, blur, grain, fall-off;
nothing of the judge's), kept as a page, and each is read back as the letter whose drawn form it is most like (normalised correlation, 34 classes).
"""

from __future__ import annotations

import string

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import CapturedImage, DeviceIdentity, DeviceKind, RawCapture, Source
from devices.simulated.page import PageFault, render_page
from station.capture.page import judge_page
from station.capture.page_picture import page_from, page_from_file
from tests.bench.report import Report, cpu_ms

Pixels = npt.NDArray[np.uint8]
LETTERS = "".join(c for c in string.ascii_uppercase + string.digits if c not in "OI")
"""O and 0, I and 1 are one form in this type."""
SETTING_PPI = 400
CAMERA_PPI = 255
WHO = DeviceIdentity(DeviceKind.CAMERA, "bench", "", "bench", "1", "", "")


def letter(text: str, point: float, ppi: float) -> Pixels:
    """Return a letter drawn black on white with room around it."""
    high = round(1.3 * point * ppi / 72)
    box = np.full((high, high), 255, np.uint8)
    scale = 0.7 * point * ppi / 72 / 21
    cv2.putText(
        box,
        text,
        (round(0.2 * high), round(0.85 * high)),
        cv2.FONT_HERSHEY_SIMPLEX,
        scale,
        0,
        max(1, round(0.09 * point * ppi / 72)),
        cv2.LINE_AA,
    )
    return box


def sheet(point: float, rng: np.random.Generator) -> tuple[Pixels, list[tuple[str, int, int]]]:
    """Return an A4 sheet full of letters and where each stands (its box's corner, px at `SETTING_PPI`)."""
    page = np.full((round(11.69 * SETTING_PPI), round(8.27 * SETTING_PPI)), 232, np.uint8)
    placed = []
    side = letter("A", point, SETTING_PPI).shape[0]
    for top in range(300, page.shape[0] - 300 - side, 2 * side):
        for left in range(250, page.shape[1] - 250 - side, side):
            text = str(rng.choice(list(LETTERS)))
            page[top : top + side, left : left + side] = np.minimum(
                page[top : top + side, left : left + side], letter(text, point, SETTING_PPI) // 1.1
            )
            placed.append((text, left, top))
    return page, placed


def photographed(page: Pixels, rng: np.random.Generator, sigma: float = 0.8) -> RawCapture:
    """Photograph a sheet: 12 megapixels, a little turned and from the side."""
    frame = np.full((4000, 3000), 70, np.uint8)
    scale = CAMERA_PPI / SETTING_PPI
    high, wide = page.shape[0] * scale, page.shape[1] * scale
    corners = np.array([[450, 500], [450 + wide, 520], [440 + wide, 500 + high], [430, 490 + high]], np.float32)
    source = np.array([[0, 0], [page.shape[1], 0], [page.shape[1], page.shape[0]], [0, page.shape[0]]], np.float32)
    soft = cv2.GaussianBlur(page, (0, 0), 0.5 / scale)
    cv2.warpPerspective(
        soft,
        cv2.getPerspectiveTransform(source, corners),
        (3000, 4000),
        dst=frame,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    seen = cv2.GaussianBlur(frame, (0, 0), sigma).astype(np.float32) * np.linspace(1.0, 0.85, 3000, dtype=np.float32)
    grain = np.tile(rng.normal(0, 3.0, (400, 300)).astype(np.float32), (10, 10))
    grey = np.clip(seen + grain, 0, 255).astype(np.uint8)
    return RawCapture((CapturedImage(np.repeat(grey[:, :, None], 3, axis=2), 8, CAMERA_PPI),), WHO, Source.SIMULATED)


def read_back(data: bytes, page: Pixels, placed: list[tuple[str, int, int]], point: float) -> float:
    """Return the share of letters that are read as themselves."""
    kept = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    margin = 0.006 / 1.012
    scale_y, scale_x = (kept.shape[i] * (1 - 2 * margin) / page.shape[i] for i in (0, 1))
    side = letter("A", point, SETTING_PPI).shape[0]
    small = max(8, round(side * scale_y))
    forms = {
        c: np.asarray(cv2.resize(letter(c, point, SETTING_PPI), (small, small), interpolation=cv2.INTER_AREA), np.float32)
        for c in LETTERS
    }
    right, reach = 0, max(3, small // 3)
    for text, left, top in placed:
        x, y = round(kept.shape[1] * margin + left * scale_x), round(kept.shape[0] * margin + top * scale_y)
        around = np.asarray(kept[max(0, y - reach) : y + small + reach, max(0, x - reach) : x + small + reach], np.float32)
        scores = {c: float(cv2.matchTemplate(around, f, cv2.TM_CCOEFF_NORMED).max()) for c, f in forms.items()}
        right += max(scores, key=lambda c: scores[c]) == text
    return right / len(placed)


def main(arguments: list[str]) -> None:
    """Print the figures."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    rng = np.random.default_rng(5)
    for point in (6.0, 8.0, 10.0):
        page, placed = sheet(point, rng)
        kept = page_from(photographed(page, rng))
        share = read_back(kept.data, page, placed, point)
        report.figure(
            f"letters_right_{point:g}_point",
            100 * share,
            "%",
            99.0 if point == 8 else None,
            f"{len(placed)} letters, {kept.width} x {kept.height} px, {kept.ppi} ppi",
        )
        report.figure(f"bytes_full_page_{point:g}_point", len(kept.data), "bytes", 300_000.0)
    page, placed = sheet(8.0, rng)
    blurred = page_from(photographed(page, rng, sigma=6.0))
    report.figure(
        "letters_right_8_point_blurred",
        100 * read_back(blurred.data, page, placed, 8.0),
        "%",
        None,
        f"the judge says {', '.join(blurred.flaws) or 'good'}",
    )
    sizes = [len(page_from(RawCapture((CapturedImage(render_page(s), 8, 255),), WHO, Source.SIMULATED)).data) for s in range(8)]
    report.figure(
        "bytes_page_median",
        float(np.median(sizes)),
        "bytes",
        300_000.0,
        "eight specimen papers of the simulated camera, 8 to 16 point",
    )
    full = render_page(1)
    live = np.asarray(cv2.resize(full, (816, 1088), interpolation=cv2.INTER_AREA), np.uint8)
    report.figure("judge_live_frame", cpu_ms(lambda: judge_page(live)), "ms", 80.0, "816 x 1088")
    report.figure("judge_full_picture", cpu_ms(lambda: judge_page(full), 3), "ms", None, "2448 x 3264")
    raw = RawCapture((CapturedImage(full, 8, 255),), WHO, Source.SIMULATED)
    report.figure("keep_page", cpu_ms(lambda: page_from(raw), 3), "ms", None, "judge, cut, code; on the camera's thread")
    noise = rng.integers(0, 256, (4000, 3000, 3), dtype=np.uint8)
    worst = bytes(cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    report.figure(
        "bytes_worst_case",
        len(page_from_file(worst).data),
        "bytes",
        300_000.0,
        f"12 megapixels of noise, a file of {len(worst) / 1e6:.1f} MB",
    )
    right = {None: (), PageFault.AWAY: "page-none", PageFault.HALF_OUT: "page-cut", PageFault.DARK: "page-dark", PageFault.GLARE: "page-glare",
             PageFault.DEFOCUS: "page-blurred", PageFault.SMALL: "page-small", PageFault.TILTED: ()}  # fmt: skip
    seeds, hits = range(20, 32), 0
    for fault, wanted in right.items():
        for seed in seeds:
            flaws = judge_page(render_page(seed, fault)).flaws
            hits += (flaws[0].value if flaws else ()) == wanted
    report.figure(
        "planted_faults_named",
        100 * hits / (len(right) * len(seeds)),
        "%",
        100.0,
        f"{len(right) * len(seeds)} pictures, {len(right)} kinds",
    )
