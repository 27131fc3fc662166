"""Procedural faces: no real person, from a seed, with faults to order and the truth of every point.

Public: `render_face`, `FaceSettings`, `Rendering`, `FaceTruth`, `Fault`, `settings_with`. It imports NumPy, OpenCV and the
names of points (`biometrics.portrait.points`), and nothing of what detects or judges faces.
"""

from __future__ import annotations

from biometrics.portrait.synthesis.render import FaceTruth, Rendering, render_face
from biometrics.portrait.synthesis.settings import FaceSettings, Fault, settings_with

__all__ = ["FaceSettings", "FaceTruth", "Fault", "Rendering", "render_face", "settings_with"]
