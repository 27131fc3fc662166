"""Comparison with a stand-in pack built here, honesty without one, and the active checks on rendered frames."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from biometrics.errors import ModelError
from biometrics.portrait.active import ActiveCheck, Challenge, Outcome, random_order
from biometrics.portrait.compare import Sameness, SFace, compare_faces, side_by_side
from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with


def stand_in(side: int = 112) -> bytes:
    """A tiny network with SFace's input: the picture averaged to 8 x 8, its mean colour taken off. Not a face model."""
    nodes = [
        helper.make_node("AveragePool", ["data"], ["small"], kernel_shape=[14, 14], strides=[14, 14]),
        helper.make_node("ReduceMean", ["small"], ["mean"], axes=[2, 3], keepdims=1),
        helper.make_node("Sub", ["small", "mean"], ["centred"]),
        helper.make_node("Flatten", ["centred"], ["fc1"]),
    ]
    graph = helper.make_graph(
        nodes, "stand-in", [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, [1, 192])],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def test_without_a_pack_nothing_is_claimed(kit):
    a, b = render_face(1).image, render_face(2).image
    answer = compare_faces(a, b, kit)
    assert answer.sameness is Sameness.NOT_COMPARED
    assert answer.why == "pack-missing"
    assert np.isnan(answer.similarity)


def test_with_a_pack(kit):
    pack = SFace(stand_in())
    assert not pack.official
    assert pack.provider.version == "unofficial"
    one = render_face(1).image
    again = render_face(1, FaceSettings(roll=6, eye_x=0.45, eye_distance_px=100)).image
    same = compare_faces(one, again, kit, pack)
    assert same.sameness is Sameness.SAME
    assert same.similarity > 0.9
    nobody = render_face(1, settings_with(Fault.NOBODY)).image
    assert compare_faces(one, nobody, kit, pack).why == "no-face-second"
    assert compare_faces(nobody, one, kit, pack).why == "no-face-first"


def test_a_wrong_pack_is_refused():
    for data in (b"", b"not onnx", stand_in(98)):
        with pytest.raises(ModelError):
            SFace(data)


def test_side_by_side_shows_both_at_one_scale(kit):
    picture = side_by_side(render_face(1).image, render_face(2, FaceSettings(eye_distance_px=60)).image, kit)
    left, right = picture[:, :336], picture[:, 344:]
    distances = []
    for half in (left, right):
        face = kit.landmarker.locate(half, kit.detector.detect(half)[0])
        distances.append(np.hypot(*np.subtract(face.points["left-eye"], face.points["right-eye"])))
    assert distances[0] == pytest.approx(distances[1], rel=0.04)


@pytest.fixture(scope="module")
def poses(kit):
    def look(**changes):
        image = render_face(3, FaceSettings(**changes)).image
        return kit.landmarker.locate(image, kit.detector.detect(image)[0])

    return {
        "straight": look(), "shut": look(eye_opening=0.0), "left": look(yaw=20), "right": look(yaw=-20),
    }  # fmt: skip


def played(check, poses, frames):
    state = None
    for i, name in enumerate(frames):
        state = check.update(None if name is None else poses[name], i * 0.1)
    return state


def test_blink_and_turns_pass(poses):
    check = ActiveCheck([Challenge.BLINK, Challenge.TURN_LEFT, Challenge.TURN_RIGHT])
    frames = ["straight", "straight", "shut", "shut", "straight", "straight", "left", "straight", "right"]
    assert played(check, poses, frames).outcome is Outcome.PASSED


def test_a_still_photo_does_not_pass(poses):
    for name in poses:
        check = ActiveCheck([Challenge.BLINK])
        assert played(check, poses, [name] * 100).outcome is Outcome.TIMED_OUT
        check = ActiveCheck([Challenge.TURN_LEFT])
        assert played(check, poses, [name] * 100).outcome is Outcome.TIMED_OUT


def test_the_wrong_turn_does_not_count(poses):
    check = ActiveCheck([Challenge.TURN_LEFT])
    assert played(check, poses, ["straight", "right", "straight", "right"]).outcome is Outcome.RUNNING


def test_tier_0_says_it_cannot(cascades):
    image = render_face(3).image
    face = cascades.landmarker.locate(image, cascades.detector.detect(image)[0])
    assert ActiveCheck([Challenge.BLINK]).update(face, 0.0).outcome is Outcome.UNAVAILABLE


def test_order_differs_and_never_repeats():
    orders = {random_order(seed) for seed in range(40)}
    assert len(orders) > 5
    for order in orders:
        assert all(a is not b for a, b in pairwise(order))
