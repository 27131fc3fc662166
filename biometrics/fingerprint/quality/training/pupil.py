"""The pupil: a small network fitted to the teacher's votes, written as ONNX.

The teacher can judge any vector of measures, so the few thousand synthetic prints are spread by crossing: whole families of
measures are exchanged between prints and mixed, and the teacher labels the result. That is what carries the pupil to sensors
the generator does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.names import MEASURE_NAMES
from biometrics.models import ForestModel

Array = NDArray[np.float64]

_LIMIT: Final = 5.0
_HIDDEN: Final = (256, 128, 48)


@dataclass(frozen=True, slots=True)
class Pupil:
    """`layers`: (weights, bias) from the first to the last; inputs are log(1 + x), minus `mean`, over `scale`, within +-5."""

    mean: Array
    scale: Array
    layers: tuple[tuple[Array, Array], ...]

    def predict(self, measures: Array) -> Array:
        """Return 0..100, float64 (n,), for measures (n, 69)."""
        h = np.clip((np.log1p(np.maximum(measures, 0)) - self.mean) / self.scale, -_LIMIT, _LIMIT)
        for number, (weights, bias) in enumerate(self.layers):
            h = h @ weights + bias
            if number < len(self.layers) - 1:
                h = np.maximum(h, 0)
        return np.asarray(np.clip(h[:, 0] * 100, 0, 100))


def families() -> list[NDArray[np.intp]]:
    """Return the column numbers of every family of measures."""
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(MEASURE_NAMES):
        family = name.split("_Bin10")[0] if "_Bin10" in name else ("contrast" if name in ("Mu", "MMB") else name.split("_")[0])
        groups.setdefault(family, []).append(number)
    return [np.asarray(g) for g in groups.values()]


def spread(measures: Array, count: int, rng: np.random.Generator) -> Array:
    """Return `count` vectors between and across the given ones, float64 (count, 69)."""
    first = measures[rng.integers(len(measures), size=count)].copy()
    second = measures[rng.integers(len(measures), size=count)]
    mix = rng.uniform(0, 1, (count, 1)) * (rng.random((count, 1)) < 0.6)
    first += mix * (second - first)
    for columns in families():
        swap = rng.random(count) < 0.22
        other = measures[rng.integers(len(measures), size=count)]
        first[np.ix_(swap, columns)] = other[np.ix_(swap, columns)]
    jitter = rng.lognormal(0, 0.12, first.shape)
    return np.asarray(first * np.where(rng.random((count, 1)) < 0.5, jitter, 1.0))


def fit(measures: Array, teacher: ForestModel, seed: int, *, crossed: int = 250_000, rounds: int = 30) -> Pupil:
    """Fit the pupil to the teacher's votes on `measures` (n, 69) and on vectors spread around them."""
    from sklearn.neural_network import MLPRegressor

    rng = np.random.default_rng([seed, 69])
    inputs = np.concatenate([np.repeat(measures, 4, axis=0), spread(measures, crossed, rng)])
    votes = np.concatenate([teacher.forest.votes(part) for part in np.array_split(inputs, max(1, len(inputs) // 2000))])
    logged = np.log1p(np.maximum(inputs, 0))
    mean, scale = logged.mean(axis=0), logged.std(axis=0) + 1e-6
    ready = np.clip((logged - mean) / scale, -_LIMIT, _LIMIT).astype(np.float32)
    network = MLPRegressor(
        hidden_layer_sizes=_HIDDEN, alpha=2e-4, batch_size=256, learning_rate_init=1.5e-3, max_iter=rounds, random_state=seed, tol=0.0,
        n_iter_no_change=rounds, early_stopping=False,
    )  # fmt: skip
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the number of rounds is fixed on purpose
        network.fit(ready, (votes / 100).astype(np.float32))
    return Pupil(
        mean,
        scale,
        tuple((w.astype(np.float64), b.astype(np.float64)) for w, b in zip(network.coefs_, network.intercepts_, strict=True)),
    )


def to_onnx(pupil: Pupil) -> bytes:
    """Return the pupil as ONNX bytes: input `measures` float32 (1, 69), output `score` float32 (1, 1), 0..100."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    constants: list[Any] = []
    nodes: list[Any] = []

    def constant(name: str, value: Any) -> str:
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def step(kind: str, inputs: list[str], output: str) -> str:
        nodes.append(helper.make_node(kind, inputs, [output]))
        return output

    h = step("Relu", ["measures"], "positive")
    h = step("Log", [step("Add", [h, constant("one", 1.0)], "plus")], "logged")
    h = step("Mul", [step("Sub", [h, constant("mean", pupil.mean)], "centred"), constant("inverse", 1 / pupil.scale)], "scaled")
    h = step("Clip", [h, constant("low", -_LIMIT), constant("high", _LIMIT)], "clipped")
    for number, (weights, bias) in enumerate(pupil.layers):
        h = step("Gemm", [h, constant(f"w{number}", weights), constant(f"b{number}", bias)], f"sum{number}")
        if number < len(pupil.layers) - 1:
            h = step("Relu", [h], f"act{number}")
    h = step("Mul", [h, constant("hundred", 100.0)], "percent")
    step("Clip", [h, constant("zero", 0.0), constant("top", 100.0)], "score")
    graph = helper.make_graph(
        nodes,
        "station-quality",
        [helper.make_tensor_value_info("measures", TensorProto.FLOAT, [1, len(MEASURE_NAMES)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [1, 1])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="station-quality")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
