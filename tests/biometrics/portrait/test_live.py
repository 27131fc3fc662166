"""A rendered sitting goes through the live help to a document picture."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from biometrics.portrait import Instruction, LiveAssessor, assess, document_crop, encode_within
from biometrics.portrait.live import SteadyWords
from biometrics.portrait.measures import geometry
from biometrics.portrait.points import Point
from biometrics.portrait.reasons import PRIORITY
from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with
from biometrics.portrait.tracking import Calmer, FaceTracker


def test_help_leads_from_turned_head_to_capture(kit):
    turned = render_face(2, settings_with(Fault.TURNED_LEFT)).image
    clean = render_face(2).image
    live = LiveAssessor(kit)
    said = []
    state = None
    for i in range(80):
        state = live.update(turned if i < 20 else clean, i / 25)
        said.append(state.instruction)
        assert not (state.ready and i < 32), "ready before half a second of good frames"
        if state.ready:
            break
    assert said[15] is Instruction.TURN_RIGHT
    assert state is not None
    assert state.ready
    assert state.best is not None
    assert state.best.image is clean
    crop = document_crop(state.best.image, state.best.quality.face, live.profile.crop)
    file = encode_within(crop.image, live.profile.encoding)
    assert len(file.data) <= live.profile.encoding.max_bytes
    assert file.psnr_db > 35


def test_the_same_seed_gives_the_same_face():
    assert np.array_equal(render_face(11).image, render_face(11).image)
    assert not np.array_equal(render_face(11).image, render_face(12).image)


def test_nobody_is_said(kit):
    quality = assess(render_face(1, settings_with(Fault.NOBODY)).image, kit=kit)
    assert quality.instruction is Instruction.NOBODY
    assert not quality.passed


def test_a_covered_lens_asks_for_light_not_for_a_person(kit):
    noise = np.random.default_rng(1).integers(0, 20, (480, 640, 3), dtype=np.uint8)
    assert assess(noise, kit=kit).instruction is Instruction.MORE_LIGHT
    assert assess(np.full((480, 640, 3), 90, np.uint8), kit=kit).instruction is Instruction.NOBODY


words = st.lists(st.tuples(st.sampled_from([None, *list(Instruction)[:12]]), st.floats(0.03, 0.3)), min_size=1, max_size=80)


@given(words)
@hypothesis_settings(max_examples=150, deadline=None)
def test_words_stay_readable(events):
    """Nothing shown lasts under 0.8 s unless something more useful took its place; nothing appears on one frame's say."""
    steady = SteadyWords()
    now, shown, since, first = 0.0, None, -100.0, True
    asked: list[tuple[float, Instruction | None]] = []
    for wanted, gap in events:
        now += gap
        asked.append((now, wanted))
        said = steady.update(wanted, now)
        if said is not shown:
            run = list(takewhile(lambda pair, same=said: pair[1] is same, reversed(asked)))
            assert len(run) >= 3 or now - run[-1][0] >= 0.2
            if not first and shown is not None:
                more_useful = said is not None and PRIORITY[said] < PRIORITY[shown]
                assert more_useful or now - since >= 0.8
            shown, since, first = said, now, False


def test_a_more_useful_word_takes_over_at_once():
    steady = SteadyWords()
    for i in range(4):
        steady.update(Instruction.OPEN_EYES, i * 0.1)
    assert steady.shown is Instruction.OPEN_EYES
    for i in range(4, 7):
        steady.update(Instruction.CLOSER, i * 0.1)
    assert steady.shown is Instruction.CLOSER
    for i in range(7, 12):
        assert steady.update(Instruction.OPEN_EYES, i * 0.1) is Instruction.CLOSER


def test_a_moving_head_is_not_taken(kit):
    live = LiveAssessor(kit)
    said = set()
    frames = [render_face(2, FaceSettings(eye_x=x)).image for x in (0.49, 0.51)]
    for i in range(30):
        state = live.update(frames[i // 3 % 2], i / 25)
        said.add(state.instruction)
        assert not state.ready
    assert Instruction.HOLD_STILL in said


def test_a_blink_begins_the_half_second_anew(kit):
    clean, shut = render_face(2).image, render_face(2, settings_with(Fault.EYES_CLOSED)).image
    live = LiveAssessor(kit)
    ready_at = None
    for i in range(60):
        state = live.update(shut if 8 <= i < 12 else clean, i / 25)
        if state.ready:
            ready_at = i / 25
            break
    assert ready_at is not None
    assert 12 / 25 + 0.5 <= ready_at < 12 / 25 + 0.8


def test_a_second_person_is_seen_while_the_first_is_followed(kit):
    live = LiveAssessor(kit)
    alone, two = render_face(2).image, render_face(2, settings_with(Fault.TWO_PEOPLE)).image
    for i in range(10):
        live.update(alone, i / 25)
    states = [live.update(two, i / 25) for i in range(10, 35)]
    assert states[-1].instruction is Instruction.ONE_PERSON
    assert len(states[-1].faces) == 2
    assert not any(state.ready for state in states)


def test_a_face_that_leaves_and_a_clock_that_jumps(kit):
    live = LiveAssessor(kit)
    clean, empty = render_face(2).image, render_face(2, settings_with(Fault.NOBODY)).image
    for i in range(6):
        live.update(clean, i / 25)
    gone = [live.update(empty, i / 25) for i in range(6, 16)][-1]
    assert gone.face is None
    assert gone.crop is None
    assert gone.instruction is Instruction.NOBODY
    back = live.update(clean, 100.0)
    assert back.face is not None
    assert back.holding == 0.0
    assert live.update(clean, 50.0).face is not None


def test_drawn_points_are_calm_when_still_and_quick_when_moving(kit):
    image = render_face(2).image
    face = kit.landmarker.locate(image, kit.detector.detect(image)[0])
    r = np.random.default_rng(4)

    def moved(dx):
        return replace(face, points={n: (x + dx + r.normal(0, 1.0), y + r.normal(0, 1.0)) for n, (x, y) in face.points.items()})

    calmer = Calmer()
    still = [calmer.update(moved(0.0), i / 25).points["nose-tip"] for i in range(50)]
    assert np.abs(np.diff(np.asarray(still[10:]), axis=0)).mean() < 0.45  # 1 px of noise gives 1.1 from frame to frame
    for i in range(50, 60):  # 300 px in a second
        last = calmer.update(moved(12.0 * (i - 49)), i / 25).points["nose-tip"]
    assert abs(last[0] - face.points["nose-tip"][0] - 120) < 40
    assert calmer.update(None, 3.0) is None


def test_a_followed_frame_knows_both_eyes(kit):
    """Frames between the judged ones look at one eye in turn: the other eye moves along, and a blink is seen by the second frame."""
    tracker = FaceTracker(kit)
    frames = [render_face(5, FaceSettings(eye_x=0.5 + 0.002 * k, roll=0.5 * k)).image for k in range(4)]
    shut = render_face(5, FaceSettings(eye_x=0.506, roll=1.5, eye_opening=0.0)).image
    for k, image in enumerate(frames):
        _, face = tracker.update(image, k / 25, whole=k == 0)
        whole = kit.landmarker.refine(image, face)
        reach = 0.03 * geometry(face).eye_distance_px
        for side in ("right", "left"):
            for part in ("iris", "eye-top-2", "eye-bottom-2"):
                point = Point(f"{side}-{part}")
                assert np.linalg.norm(face.at(point) - whole.at(point)) < reach, (k, point)
    seen = [geometry(tracker.update(shut, k / 25, whole=False)[1]).eye_opening for k in (4, 5)]
    assert min(seen) < 0.03
    both = [face for face in [tracker.update(shut, 6 / 25, whole=False)[1]] if face is not None]
    for side in ("right", "left"):
        gap = both[0].at(Point(f"{side}-eye-top-2")) - both[0].at(Point(f"{side}-eye-bottom-2"))
        assert np.linalg.norm(gap) < 0.03 * geometry(both[0]).t_px
