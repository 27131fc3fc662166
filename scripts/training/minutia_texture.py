"""Train the network behind the texture codes on generated prints: patches of the same place of a finger attract, others repel.

Needs PyTorch and onnx (README.md here). Positive pairs are minutiae of two impressions of a finger whose places in the finger (known from the
generator) differ by at most 6 px; the loss is InfoNCE in both directions over 320 pairs of 40 fingers.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from biometrics.fingerprint.minutiae import extract, texture
from biometrics.fingerprint.synthesis import ContactSide, ImpressionSettings, Person, Sensor, impression
from biometrics.fingerprint.synthesis.noise import stream
from biometrics.fingerprint.synthesis.placement import Placement, Skin
from biometrics.positions import FingerPosition

TARGET = Path(texture.__file__).with_name("texture.onnx")
SHAPES = {Sensor.OPTICAL: (440, 388), Sensor.CAPACITIVE: (300, 300), Sensor.THERMAL: (480, 300), Sensor.INK: (480, 400)}
SHARES = (0.4, 0.3, 0.2, 0.1)
FIRST_PERSON = 1000
IMPRESSIONS = 6
BIG = 54
_PLACE = 24  # the generator's stream of placements, so that a picture's minutiae can be led back to the finger


def touch(rng: np.random.Generator, sensor: Sensor) -> ImpressionSettings:
    """Draw an impression harder than usual: strong distortion, turn, partial contact, dirt."""
    share = float(rng.uniform(0.45, 1)) if rng.random() < 0.35 else 1.0
    return ImpressionSettings.natural(
        rng,
        spread=1.15,
        sensor=sensor,
        distortion=float(np.clip(rng.lognormal(0.35, 0.5), 0.2, 3.5)),
        rotation_deg=float(np.clip(rng.normal(0, 11), -40, 40)),
        shift_px=(float(rng.normal(0, 26)), float(rng.normal(0, 26))),
        contact_share=share,
        contact_side=list(ContactSide)[int(rng.integers(5))],
        noise=float(rng.uniform(0.8, 1.7)),
        scar=float(rng.random() < 0.05) * 0.7,
        dirt=float(rng.random() < 0.15) * 0.5,
    )


def finger_pairs(person: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (patches (n, 54, 54) int8, pairs (m, 2) of patches that show the same place) of one generated finger."""
    rng = np.random.default_rng([person, 77])
    finger = Person.from_seed(person).finger(FingerPosition(int(rng.integers(1, 11))))
    sensor = Sensor(rng.choice([s.value for s in SHAPES], p=SHARES))
    shape = SHAPES[sensor]
    cut, places, angles, starts = [], [], [], [0]
    for k in range(IMPRESSIONS):
        settings = touch(rng, sensor)
        found = extract(impression(finger, settings, seed=k, shape=shape).image)
        skin = Skin.draw(stream(finger.spec.seed, int(finger.spec.position), k, _PLACE), settings.distortion)
        origin = (shape[1] / 2 + settings.shift_px[0], shape[0] / 2 + settings.shift_px[1])
        turn = float(np.deg2rad(settings.rotation_deg))
        placement = Placement(origin=origin, rotation=turn, scale=1.0, centre=finger.centre, skin=skin)
        places.append(np.stack(placement.to_master(found.x + 0.5, found.y + 0.5), 1))
        angles.append(found.angle.astype(float) * 360 / 256 - settings.rotation_deg)
        x, y = found.x + 0.5 + rng.normal(0, 1.5, len(found)), found.y + 0.5 + rng.normal(0, 1.5, len(found))
        patch = texture.patches(x.astype(np.float32), y.astype(np.float32), found.angle, found.ridges, found.origin, side=BIG)
        cut.append(np.clip(patch * 40, -127, 127).astype(np.int8))
        starts.append(starts[-1] + len(found))
    pairs = []
    for i in range(IMPRESSIONS):
        for j in range(i):
            if len(places[i]) and len(places[j]):
                gap = np.hypot(*(places[i][:, None] - places[j][None]).transpose(2, 0, 1))
                off = np.abs((angles[i][:, None] - angles[j][None] + 180) % 360 - 180)
                a, b = np.nonzero((gap < 6) & (off < 25) & (gap == gap.min(1, keepdims=True)))
                pairs.append(np.stack([a + starts[i], b + starts[j]], 1))
    return np.concatenate(cut), np.concatenate(pairs) if pairs else np.zeros((0, 2), int)


class Network(nn.Module):
    """Five small layers: 36x36 -> 18 -> 9 -> 5, then 64 outputs."""

    def __init__(self) -> None:
        super().__init__()

        def layer(inputs: int, outputs: int, size: int, step: int) -> nn.Module:
            return nn.Sequential(
                nn.Conv2d(inputs, outputs, size, step, size // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
            )

        self.body = nn.Sequential(
            layer(1, 16, 5, 2), layer(16, 32, 3, 1), nn.MaxPool2d(2), layer(32, 64, 3, 1), layer(64, 96, 3, 2)
        )
        self.fc = nn.Linear(96 * 25, texture.TEXTURE_BITS)
        self.bn = nn.BatchNorm1d(texture.TEXTURE_BITS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the outputs whose signs are the bits."""
        return self.bn(self.fc(self.body(x).flatten(1)))


def stretched(x: torch.Tensor) -> torch.Tensor:
    """Return the middle 36x36 of each patch after a random scale (28 %), one-sided stretch (16 %), turn (9 degrees) and shift."""
    n = len(x)
    scale, pull = torch.exp((torch.rand(n) - 0.5) * 0.5), torch.exp((torch.rand(n) - 0.5) * 0.3)
    axis, turn = torch.rand(n) * np.pi, (torch.rand(n) - 0.5) * 0.3
    c, s = torch.cos(axis), torch.sin(axis)
    a, b, d = c * c * pull + s * s / pull, c * s * (pull - 1 / pull), s * s * pull + c * c / pull
    ct, st = torch.cos(turn) * scale, torch.sin(turn) * scale
    top, bottom = torch.stack([ct * a - st * b, ct * b - st * d], 1), torch.stack([st * a + ct * b, st * b + ct * d], 1)
    matrix = torch.stack([top, bottom], 1) * (texture.SIDE / BIG)
    affine = torch.cat([matrix, (torch.rand(n, 2, 1) - 0.5) * 0.12], 2)
    grid = functional.affine_grid(affine, [n, 1, texture.SIDE, texture.SIDE], align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)


def main() -> None:
    """Generate, train for a given time, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fingers", type=int, default=700)
    parser.add_argument("--minutes", type=float, default=32)
    parser.add_argument("--seed", type=int, default=12)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    cut, fingers, start = [], [], 0
    for person in range(FIRST_PERSON, FIRST_PERSON + given.fingers):
        patches, pairs = finger_pairs(person)
        if len(pairs) >= 8:
            fingers.append(pairs + start)
        cut.append(patches)
        start += len(patches)
    patches_all = torch.from_numpy(np.concatenate(cut))
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=1e-4)
    began, step = time.monotonic(), 0
    while (share := (time.monotonic() - began) / (given.minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1, (step + 1) / 60) * 0.5 * (1 + np.cos(np.pi * share)) + 1e-5
        chosen = [fingers[f][rng.choice(len(fingers[f]), 8, replace=False)] for f in rng.choice(len(fingers), 40, replace=False)]
        pairs = np.concatenate(chosen)
        x = stretched(patches_all[torch.from_numpy(np.concatenate([pairs[:, 0], pairs[:, 1]]))].float()[:, None] / 40)
        x = x * (0.7 + 0.6 * torch.rand(len(x), 1, 1, 1)) + torch.randn_like(x) * 0.15 * torch.rand(len(x), 1, 1, 1) * (x != 0)
        network.train()
        code = functional.normalize(torch.tanh(1.5 * network(x)), dim=1)
        n = len(pairs)
        like = code[:n] @ code[n:].T / 0.08
        same = torch.from_numpy((pairs[:, None, 0] == pairs[None, :, 0]) | (pairs[:, None, 1] == pairs[None, :, 1]))
        same.fill_diagonal_(False)
        like = like.masked_fill(same, -1e4)
        loss = 0.5 * (functional.cross_entropy(like, torch.arange(n)) + functional.cross_entropy(like.T, torch.arange(n)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
    network.eval()
    example = torch.zeros(4, 1, texture.SIDE, texture.SIDE)
    axes = {"patch": {0: "n"}, "code": {0: "n"}}
    torch.onnx.export(
        network, (example,), str(TARGET), input_names=["patch"], output_names=["code"], dynamic_axes=axes, dynamo=False
    )


if __name__ == "__main__":
    main()
