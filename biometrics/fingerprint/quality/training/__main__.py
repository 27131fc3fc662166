"""Makes our own default model: see the package's docstring."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from biometrics.fingerprint.quality.training.prints import draw_prints, measures_of
from biometrics.fingerprint.quality.training.pupil import fit, to_onnx
from biometrics.models import ForestModel, import_official


def main() -> None:
    """Draw prints, let the teacher judge them, fit the pupil on 85 % of them, report on the rest, write the ONNX file."""
    parser = argparse.ArgumentParser(description="Teach our own quality model on synthetic prints.")
    parser.add_argument("--teacher", type=Path, required=True, help="nist_plain_tir-ink.yaml or .yaml.xz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--print-seed", type=int, default=11)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fingers", type=int, default=350)
    parser.add_argument("--touches", type=int, default=12)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    teacher = ForestModel(import_official(given.teacher.read_bytes()))
    measures = measures_of(draw_prints(given.print_seed, given.fingers, given.touches))
    cut = int(len(measures) * 0.85)
    pupil = fit(measures[:cut], teacher, given.seed)
    error = np.abs(pupil.predict(measures[cut:]) - teacher.forest.votes(measures[cut:])).mean()
    data = to_onnx(pupil)
    given.out.write_bytes(data)
    sys.stdout.write(f"{len(measures)} prints; held-out mean absolute difference {error:.2f}; {len(data)} bytes\n")


if __name__ == "__main__":
    main()
