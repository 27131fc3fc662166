"""A rendered sitting goes through the live help to a document picture."""

from __future__ import annotations

import numpy as np

from biometrics.portrait import Instruction, LiveAssessor, assess, document_crop, encode_within
from biometrics.portrait.synthesis import Fault, render_face, settings_with


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
