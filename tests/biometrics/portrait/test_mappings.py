"""The 28 mappings against OFIQ's own published table, and its two geometric identities on our own code."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from biometrics.portrait import Component, scalar
from biometrics.portrait.measures import geometry_raw
from biometrics.portrait.synthesis import FaceSettings, render_face


def test_every_value_of_the_reference_table(shared):
    with (shared / "face" / "ofiq_reference_open.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 560
    assert {row["component"] for row in rows} == {c.value for c in Component}
    off = [
        (row["image"], row["component"])
        for row in rows
        if scalar(Component(row["component"]), float(row["raw"])) != float(row["scalar"])
    ]
    assert off == []


# A handful of rows of OFIQ's table (MIT), so that the mappings are held also where the shared data are absent.
KNOWN = [
    ("UnifiedQualityScore", 24.329985, 63),
    ("BackgroundUniformity", 71.777120, 67),
    ("EyesOpen", 0.023177, 58),
    ("EyesOpen", 0.067, 99),
    ("MouthClosed", 0.08053, 88),
    ("HeadSize", 0.224851, 2),
]


@pytest.mark.parametrize(("name", "raw", "value"), KNOWN)
def test_known_values(name, raw, value):
    assert scalar(Component(name), raw) == value


@pytest.mark.parametrize("component", list(Component))
def test_every_mapping_stays_in_its_range(component):
    values = [scalar(component, x) for x in np.concatenate([np.linspace(0, 1, 101), [2, 10, 50, 255, 1e4, 1e9, -1e9, -5000]])]
    assert all(0 <= v <= 100 for v in values)
    assert scalar(component, math.nan) == -1


@pytest.mark.parametrize("roll", [-12.0, 0.0, 7.0])
def test_identities_of_the_reference_table_hold_on_rendered_faces(kit, roll):
    image = render_face(21, FaceSettings(roll=roll, yaw=4, eye_x=0.47)).image
    face = kit.landmarker.locate(image, kit.detector.detect(image)[0])
    raw = geometry_raw(face, image.shape[1], image.shape[0])
    margins = raw[Component.MARGIN_ABOVE] + raw[Component.MARGIN_BELOW]
    assert margins == pytest.approx(1 / raw[Component.HEAD_SIZE], rel=1e-6)
    distance = raw[Component.INTER_EYE] * math.cos(math.radians(raw[Component.YAW]))
    width = (raw[Component.LEFTWARD_CROP] + raw[Component.RIGHTWARD_CROP]) * distance
    # The crops use the eyes' places across the picture, the distance is along the eye line: they meet at roll 0.
    expected = image.shape[1] + distance * math.cos(math.radians(raw[Component.ROLL]))
    assert width == pytest.approx(expected, rel=1e-3)
    if roll == 0:
        crops = raw[Component.LEFTWARD_CROP] + raw[Component.RIGHTWARD_CROP]
        assert (crops - 1) * distance == pytest.approx(image.shape[1], rel=1e-3)
