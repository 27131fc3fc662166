"""S5: ears and the wall's shadow are marked where they are, judged as the rules judge them, and values say their units."""

from __future__ import annotations

import math

import pytest

from biometrics.portrait import PortraitQuality, Tools, assess, load_profile, tools
from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with
from station.views.base import Tone
from station.views.portrait import portrait_view
from station.words import catalogue


@pytest.fixture(scope="module")
def kit() -> Tools:
    return tools()


def seen(kit: Tools, fault: Fault | None) -> PortraitQuality:
    settings = settings_with(fault) if fault is not None else FaceSettings()
    return assess(render_face(7, settings).image, load_profile("vn-cccd"), kit=kit)


@pytest.mark.parametrize(("fault", "tone"), [(None, Tone.GOOD), (Fault.HAIR_OVER_EARS, Tone.RETRY)])
def test_both_ears_are_marked_beside_the_cheeks_as_they_are_judged(kit: Tools, fault: Fault | None, tone: Tone) -> None:
    quality = seen(kit, fault)
    view = portrait_view(quality)
    assert quality.shape is not None
    ears = {p.name: p for p in view.places}
    assert {name: p.tone for name, p in ears.items()} == {"right-ear": tone, "left-ear": tone}
    middle = float(quality.shape.eye_middle[0])
    assert ears["right-ear"].box[2] < middle < ears["left-ear"].box[0], "the person's right ear is at the picture's left"
    for ear in ears.values():
        left, top, right, bottom = ear.box
        assert left < right
        assert top < float(quality.shape.eye_middle[1]) < bottom


def test_a_shadow_is_marked_on_its_side_of_the_face_and_only_when_the_rule_is_broken(kit: Tools) -> None:
    assert all(p.name != "shadow" for p in portrait_view(seen(kit, None)).places)
    quality = seen(kit, Fault.BACKGROUND_SHADOW)
    assert quality.measures["background_side"] > 0.5, "the renderer's shadow falls to the picture's right"
    shadow = next(p for p in portrait_view(quality).places if p.name == "shadow")
    assert quality.shape is not None
    assert shadow.box[0] > float(quality.shape.eye_middle[0])
    assert math.isinf(shadow.box[2])
    assert all(f"ui.portrait.place.{name}" in catalogue() for name in ("right-ear", "left-ear", "shadow"))


def test_values_say_their_units(kit: Tools) -> None:
    lines = {line.name: line.value for line in portrait_view(seen(kit, None)).lines}
    assert "°" in lines["pose"]
    assert "°" in lines["level"]
    assert " px " in lines["distance"]
    assert lines["centre"].startswith("50 % (") or lines["centre"].startswith(("49 %", "51 %"))
