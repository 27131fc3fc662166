"""The page judge and the page that is kept, against pictures whose faults were planted by the simulated document camera."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from devices.contract import CapturedImage, CaptureRequest, RawCapture, Source
from devices.simulated.page import PPI, SHEET, Lying, PageFault, SimulatedDocumentCamera, render_page
from station.capture.page import PageFlaw, find_page, judge_page, sides
from station.capture.page_picture import LONG_PX, encode, page_from, page_from_file
from station.clock import ManualClock
from station.errors import InputError

PLANTED = {
    None: None, PageFault.AWAY: PageFlaw.NONE, PageFault.HALF_OUT: PageFlaw.CUT, PageFault.DARK: PageFlaw.DARK,
    PageFault.GLARE: PageFlaw.GLARE, PageFault.DEFOCUS: PageFlaw.BLURRED, PageFault.SMALL: PageFlaw.SMALL, PageFault.TILTED: None,
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_each_planted_fault_is_the_one_instruction_live_and_in_full(fault: PageFault | None) -> None:
    full = render_page(5, fault)
    live = np.asarray(cv2.resize(full, (816, 1088), interpolation=cv2.INTER_AREA), np.uint8)
    for picture in (live, full):
        found = judge_page(picture)
        assert (found.flaws[0] if found.flaws else None) == PLANTED[fault]


def test_the_sheet_is_found_to_a_thousandth_of_its_size() -> None:
    picture = render_page(6)
    corners = find_page(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
    assert corners is not None
    wide, high = sides(corners)
    assert abs(wide / SHEET[1] - 1) < 0.008
    assert abs(high / SHEET[0] - 1) < 0.008


def capture_of(seed: int, fault: PageFault | None = None) -> RawCapture:
    camera = SimulatedDocumentCamera(Lying(seed, ((fault, 1e9),) if fault else ()), pacer=ManualClock())
    with camera:
        return camera.capture(CaptureRequest(modality="document"))


def test_the_kept_page_is_small_straight_and_knows_its_resolution() -> None:
    page = page_from(capture_of(7, PageFault.TILTED))
    assert len(page.data) <= 300_000
    assert (page.media, page.source, page.flaws) == ("image/jpeg", "simulated", ())
    assert max(page.width, page.height) == LONG_PX
    assert page.ppi is not None
    # Drawn at 0.86 of the sheet's own size: 1 px of the page is so much of an inch.
    assert abs(page.ppi / (PPI * LONG_PX / (0.86 * SHEET[0])) - 1) < 0.02
    pixels = cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert pixels.shape == (page.height, page.width, 3)
    # Straight: the table is no more than a thin edge.
    assert (np.asarray(pixels).mean(axis=2)[40:-40, 40:-40] < 75).mean() < 0.12
    turned = page_from(capture_of(7), turns=1)
    assert turned.width > turned.height


def test_twelve_megapixels_of_fine_print_and_noise_fit() -> None:
    rng = np.random.default_rng(1)
    part = np.full((1000, 750, 3), 225, np.uint8)
    for y in range(20, 990, 24):  # 6 point lines over the whole page
        cv2.putText(
            part,
            "".join(chr(97 + int(c)) for c in rng.integers(0, 26, 60)),
            (4, y),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.6,
            (30, 30, 30),
            2,
        )
    noisy = np.tile(np.clip(part + rng.normal(0, 8, part.shape), 0, 255).astype(np.uint8), (4, 4, 1))
    data, pixels, shrunk = encode(
        np.asarray(cv2.resize(noisy, None, fx=LONG_PX / 4000, fy=LONG_PX / 4000, interpolation=cv2.INTER_AREA), np.uint8)
    )
    assert len(data) <= 300_000
    assert 0.5 < shrunk <= 1
    assert max(pixels.shape) > 1100


def test_a_flatbeds_file_is_kept_whole_and_has_no_glare() -> None:
    sheet = np.full((1200, 850, 3), 255, np.uint8)
    for y in range(80, 1100, 40):
        cv2.putText(sheet, "GIAY KHAI SINH 1997 VI DU", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2, cv2.LINE_AA)
    page = page_from_file(bytes(cv2.imencode(".png", sheet)[1].tobytes()))
    assert (page.width, page.height, page.source, page.ppi, page.flaws) == (850, 1200, "file", None, ())


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 30000 x 30000."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks
    )


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xff\xd8\xff", b"BM" + bytes(60), bomb(), b"\xff\xd8" + bytes(20_000_000)])
def test_what_is_no_picture_is_refused_before_it_is_decoded(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        page_from_file(data)
    assert refused.value.reason_code == "paper-file"


def test_a_grey_camera_and_an_unknown_resolution() -> None:
    grey = np.asarray(cv2.cvtColor(render_page(3), cv2.COLOR_BGR2GRAY), np.uint8)
    raw = capture_of(3)
    page = page_from(RawCapture((CapturedImage(grey, 8, None),), raw.identity, Source.DEVICE))
    assert (page.ppi, page.source) == (None, "device")
