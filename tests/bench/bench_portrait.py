"""`./run bench portrait [--json] [--quick]`: speed of the live loop, right instruction first, crop, byte budget, astronaut."""

from __future__ import annotations

import collections
import time
from dataclasses import replace

import cv2
import numpy as np
import skimage.data

from biometrics.portrait import LiveAssessor, Tier, Tools, assess, document_crop, encode_within, load_profile, tools
from biometrics.portrait.assess import judge
from biometrics.portrait.crop import crop_matrix
from biometrics.portrait.face import Landmarks
from biometrics.portrait.measures import geometry
from biometrics.portrait.points import Point
from biometrics.portrait.profiles import CropSpec
from biometrics.portrait.synthesis import FaceSettings, Rendering, render_face
from biometrics.portrait.tracking import FaceTracker
from tests.bench.report import Report, cpu_ms
from tests.biometrics.portrait.sittings import EXPECTED, clean_settings, clean_sittings, sittings


def main(arguments: list[str]) -> int:
    cv2.setNumThreads(1)
    report = Report(arguments)
    quick = "--quick" in arguments
    mesh, cascades = tools(Tier.MESH), tools(Tier.CASCADES)
    speeds(report, mesh, cascades)
    instructions(report, mesh, 108 if quick else 540, 40 if quick else 200)
    crops(report, mesh, 6 if quick else 24)
    astronaut(report, mesh)
    return 0


def speeds(report: Report, mesh: Tools, cascades: Tools) -> None:
    image = render_face(1).image
    quality = assess(image, kit=mesh)
    boxes = list(quality.faces)

    def found(kit: Tools) -> None:
        kit.landmarker.locate(image, kit.detector.detect(image)[0])

    report.figure("tier 1 detection + points + pose, 1280x720", cpu_ms(lambda: found(mesh), 15), "ms", 16)
    followed = followed_ms(mesh, image, 60)
    report.figure("tier 1 followed frame of the live loop, mean", float(np.mean(followed)), "ms", 16)
    report.figure("tier 1 followed frame, 95th percentile", float(np.percentile(followed, 95)), "ms", 16)
    report.figure(
        "all measures and rules", cpu_ms(lambda: judge(image, boxes, quality.face, quality.profile, mesh), 15), "ms", 30
    )
    report.figure("tier 0 detection + eyes, 1280x720", cpu_ms(lambda: found(cascades), 15), "ms", 60)
    live = LiveAssessor(mesh)
    clock = iter(np.arange(0, 1e6, 1 / 25))
    per_frame = cpu_ms(lambda: [live.update(image, float(next(clock))) for _ in range(50)], 3) / 50
    report.figure("live help, every frame of 25 per second", per_frame, "ms", 40, "reference: the time one frame has")
    report.figure("frames per second live help can follow", 1000 / per_frame, "1/s", 25)
    report.figure("simulated camera frame 1280x720", cpu_ms(lambda: render_face(1, FaceSettings(yaw=3)), 7), "ms")


def followed_ms(kit: Tools, image: np.ndarray, frames: int) -> list[float]:
    """CPU time of detection, points and pose for each frame of a 25/s stream, every third judged, as the live help does it."""
    tracker = FaceTracker(kit)
    times = []
    for k in range(-5, frames):
        start = time.thread_time()
        tracker.update(image, k / 25, whole=k % 3 == 0)
        if k >= 0:
            times.append((time.thread_time() - start) * 1000)
    return times


def instructions(report: Report, kit: Tools, faults: int, cleans: int) -> None:
    right: collections.Counter[str] = collections.Counter()
    seen: collections.Counter[str] = collections.Counter()
    for sitting in sittings(faults, first_seed=20_000):
        quality = assess(render_face(sitting.seed, sitting.settings).image, kit=kit)
        assert sitting.fault is not None
        seen[sitting.fault.value] += 1
        right[sitting.fault.value] += quality.instruction is not None and quality.instruction.value in EXPECTED[sitting.fault]
    total = sum(right.values())
    worst = min(seen, key=lambda name: right[name] / seen[name])
    report.figure(
        f"right instruction first, {faults} faulty faces", total / faults, "share", 0.95,
        f"worst: {worst} {right[worst]}/{seen[worst]}",
    )  # fmt: skip
    passed = sum(assess(render_face(s.seed, s.settings).image, kit=kit).passed for s in clean_sittings(cleans, first_seed=40_000))
    report.figure(f"clean faces that pass, {cleans}", passed / cleans, "share", 0.95)


def crops(report: Report, kit: Tools, count: int) -> None:
    """Every profile's crop of faces that sit as people sit (nodding up to 2 degrees), and head height again with the head held straight."""
    for name in ("vn-cccd", "icao", "vn-passport"):
        profile = load_profile(name)
        spec = profile.crop
        off: dict[str, list[float]] = collections.defaultdict(list)
        share, ssim = [], []
        for seed in range(count):
            settings = replace(clean_settings(seed), roll=float(np.random.default_rng(seed).uniform(-8, 8)))
            rendering = render_face(seed, settings)
            face = assess(rendering.image, profile, kit=kit).face
            cut = document_crop(rendering.image, face, spec)
            g = geometry(assess(cut.image, profile, kit=kit).face)
            off["eye line", "measured again"].append(g.eye_middle[1] / spec.height_px - spec.eye_y)
            off["head height", "measured again"].append(g.head_height_px / spec.height_px - spec.head_share)
            eye, head = true_places(rendering, face, spec)
            off["eye line", "from the truth"].append(eye)
            off["head height", "from the truth, nodding"].append(head)
            straight = render_face(seed, replace(settings, pitch=0.0))
            face = assess(straight.image, profile, kit=kit).face
            off["head height", "from the truth, straight"].append(true_places(straight, face, spec)[1])
            file = encode_within(cut.image, profile.encoding)
            assert len(file.data) <= profile.encoding.max_bytes
            share.append(len(file.data) / profile.encoding.max_bytes)
            ssim.append(file.ssim)
        for (what, how), values in off.items():
            worst = float(np.percentile(np.abs(values), 95))
            report.figure(f"{name}: {what} off, 95th percentile", worst, "share", 0.01, how)
        report.figure(f"{name}: largest share of the byte budget used", max(share), "share", 1.0, f"lowest SSIM {min(ssim):.3f}")


def true_places(rendering: Rendering, face: Landmarks, spec: CropSpec) -> tuple[float, float]:
    """Return how far eye line and head height of the crop are off the profile's, by the rendering's truth, as shares of the height."""
    truth, matrix = rendering.truth, crop_matrix(face, spec)
    middle = np.mean([truth.points[Point.RIGHT_EYE], truth.points[Point.LEFT_EYE]], axis=0)
    scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    return (
        float((matrix[:, :2] @ middle + matrix[:, 2])[1] / spec.height_px - spec.eye_y),
        scale * truth.head_height_px / spec.height_px - spec.head_share,
    )


def astronaut(report: Report, kit: Tools) -> None:
    picture = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    picture = cv2.copyMakeBorder(picture, 200, 200, 200, 200, cv2.BORDER_REPLICATE)
    base = assess(picture, kit=kit)
    pose, distance = [], []

    def compare(changed: np.ndarray, scale: float = 1.0, roll: float = 0.0) -> None:
        q = assess(changed, kit=kit)
        p, b = q.face.pose, base.face.pose
        pose.append(max(abs(p.yaw - b.yaw), abs(p.pitch - b.pitch), abs(p.roll - b.roll - roll)))
        distance.append(abs(q.shape.eye_distance_px / base.shape.eye_distance_px / scale - 1))

    size = picture.shape[1::-1]
    for roll in (-30, -20, -10, -5, 5, 10, 20, 30):
        turn = cv2.getRotationMatrix2D((456, 456), -roll, 1)
        compare(cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REPLICATE), roll=roll)
    for dx, dy in ((-150, 0), (150, 0), (0, 150), (37, -91), (3.5, 2.5)):
        shift = np.array([[1, 0, dx], [0, 1, dy]], float)
        compare(cv2.warpAffine(picture, shift, size, borderMode=cv2.BORDER_REPLICATE))
    for scale in (0.7, 1.4, 2.0, 3.0):
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        compare(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=method), scale=scale)
    for light in (0.35, 0.5, 0.7, 1.5):
        linear = (picture / 255.0) ** 2.2 * light
        compare(np.clip(linear ** (1 / 2.2) * 255, 0, 255).astype(np.uint8))
    compare(cv2.GaussianBlur(picture, (0, 0), 1.0))
    report.figure(f"astronaut: pose off, worst of {len(pose)} changes", max(pose), "degree", 3)
    report.figure("astronaut: eye distance off, worst", max(distance), "share", 0.02)
    blurred = [assess(cv2.GaussianBlur(picture, (0, 0), s) if s else picture, kit=kit) for s in (0, 0.7, 1.2, 2, 3, 4)]
    sharp = [q.measures["sharpness"] for q in blurred]
    report.figure("astronaut: sharpness falls with blur at every step", float(np.all(np.diff(sharp) < 0)), "yes=1", 1)
    dark = []
    for light in (1.0, 0.7, 0.5, 0.35, 0.2, 0.1):
        q = assess(np.clip((((picture / 255.0) ** 2.2) * light) ** (1 / 2.2) * 255, 0, 255).astype(np.uint8), kit=kit)
        dark.append(q.measures["luminance_mean"])
    report.figure("astronaut: luminance falls with exposure at every step", float(np.all(np.diff(dark) < 0)), "yes=1", 1)
