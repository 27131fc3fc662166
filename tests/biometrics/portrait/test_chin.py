"""The chin's edge: found where it is plain, left to the mesh where a beard, a scarf, a collar or a shadow makes it doubtful."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from biometrics.portrait.assess import find_face
from biometrics.portrait.chin import chin_edge, with_chin_edge
from biometrics.portrait.points import Point
from biometrics.portrait.synthesis import FaceSettings, render_face
from tests.biometrics.portrait.sittings import clean_settings

SEEDS = (101, 104, 107, 110)


def mesh_points(image, kit):
    return kit.landmarker.careful(image, kit.landmarker.locate(image, kit.detector.detect(image)[0]))


def chin_and_t(rendering):
    points = rendering.truth.points
    chin = np.array(points[Point.CHIN])
    return chin, float(np.linalg.norm(chin - np.mean([points[Point.RIGHT_EYE], points[Point.LEFT_EYE]], axis=0)))


def painted(image, corners, colour, soft):
    mask = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1.0)
    mask = cv2.GaussianBlur(mask, (0, 0), soft)[..., None]
    return np.clip(image * (1 - mask) + np.asarray(colour) * mask, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_edge_is_where_the_chin_ends(seed, kit):
    rendering = render_face(seed, clean_settings(seed))
    edge = chin_edge(rendering.image, mesh_points(rendering.image, kit))
    chin, t = chin_and_t(rendering)
    assert edge is not None
    assert edge.place[0] == pytest.approx(chin[0], abs=0.05 * t)  # across the face it stays on the mesh's axis
    assert edge.place[1] == pytest.approx(chin[1], abs=0.006 * t)


def test_beard_collar_and_shadow_leave_the_mesh_its_point(kit):
    for seed in SEEDS:
        rendering = render_face(seed, clean_settings(seed))
        (x, y), t = chin_and_t(rendering)
        beard = np.array(
            [[-0.45, -0.5], [-0.2, -0.27], [0.2, -0.27], [0.45, -0.5], [0.35, -0.1], [0.2, 0.15], [0, 0.22], [-0.2, 0.15]]
        )
        collar = np.array([[-0.8, 0.045], [0.8, 0.045], [0.8, 0.5], [-0.8, 0.5]])
        shadow = np.array([[-2, -0.66], [2, 0.54], [2, 3], [-2, 3]])
        place = np.array([x, y])
        worn = {
            "beard": painted(rendering.image, beard * t + place, (30, 30, 34), 0.03 * t),
            "collar": painted(rendering.image, collar * t + place, (30, 30, 30), 0.008 * t),
            "shadow": np.minimum(rendering.image, painted(rendering.image, shadow * t + place, rendering.image * 0.5, 0.01 * t)),
        }
        for name, image in worn.items():
            face = mesh_points(image, kit)
            assert chin_edge(image, face) is None, f"{name}, seed {seed}"
            assert with_chin_edge(image, face) is face


def test_no_edge_in_a_blurred_or_flat_picture(kit):
    image = render_face(104, FaceSettings()).image
    face = mesh_points(image, kit)
    assert chin_edge(cv2.GaussianBlur(image, (0, 0), 8), face) is None
    assert chin_edge(np.full_like(image, 128), face) is None


def test_a_photograph(kit):
    photo = np.ascontiguousarray(pytest.importorskip("skimage.data").astronaut()[:, :, ::-1])
    face = mesh_points(photo, kit)
    edge = chin_edge(photo, face)
    assert edge is not None
    assert abs(edge.moved) < 0.03
    # Seen by eye in the picture: skin ends and the neck's shadow begins in row 177.
    assert edge.place[1] == pytest.approx(177.3, abs=1.5)
    # The same edge when the picture is turned, larger or darker.
    for roll, scale, light in ((12, 1.0, 1.0), (-9, 2.0, 1.0), (0, 1.5, 0.4)):
        turn = cv2.getRotationMatrix2D((221, 130), -roll, scale)
        image = (cv2.warpAffine(photo, turn, (512, 512), flags=cv2.INTER_CUBIC) * light).astype(np.uint8)
        _, found = find_face(image, kit)
        back = cv2.invertAffineTransform(turn) @ [*found.points[Point.CHIN], 1.0]
        assert back[1] == pytest.approx(edge.place[1], abs=1.0), (roll, scale, light)


def test_a_nod_hardly_changes_the_way_from_eyes_to_chin():
    """A rendered chin lies nearly below the eyes, as people's do: head height must not hang on two degrees of nodding."""
    straight, up, down = (chin_and_t(render_face(102, FaceSettings(pitch=p)))[1] for p in (0.0, 4.0, -4.0))
    assert up == pytest.approx(straight, rel=0.02)
    assert down == pytest.approx(straight, rel=0.025)
    assert down < straight < up
