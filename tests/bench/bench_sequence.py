"""The sequence check on planted and clean enrollments, generated people and people put together from the open FVC fingers.

`./run bench sequence [--json] [--people 60] [--strangers 400] [--enrollments 2000] [--cache DIR] [--open-only]`
Prints come from a pool, so that thousands of enrollments cost minutes; every comparison is made once and kept.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from biometrics.fingerprint.matching import Comparison, compare
from biometrics.fingerprint.matching.compare import grown_score
from biometrics.fingerprint.matching.gallery import Hit
from biometrics.fingerprint.matching.recent import KnownPeople
from biometrics.fingerprint.matching.sequence import Finding, SequencePrint, check_sequence
from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.positions import FingerPosition
from tests.bench.enrollment_pool import people, recent
from tests.bench.planted import FAULTS, PoolPerson, as_sequence, clean
from tests.bench.report import Report
from tests.conftest import shared_dir

OPEN_SETS = ("fvc2002_db1_b", "fvc2004_db1_b", "fvc2004_db3_b", "fvc2002_db3_b")


class Remembered:
    """Comparisons made once per pair of templates."""

    def __init__(self) -> None:
        self._full: dict[tuple[int, int], Comparison] = {}
        self._sketch: dict[tuple[int, int], float] = {}

    def full(self, a: SequencePrint, b: SequencePrint) -> Comparison:
        """As `compare`."""
        key = (id(a.template), id(b.template))
        key = key if key[0] < key[1] else key[::-1]
        if key not in self._full:
            self._full[key] = compare(a.template, b.template)
        return self._full[key]

    def sketch(self, a: SequencePrint, b: SequencePrint) -> float:
        """As `grown_score`."""
        key = (id(a.template), id(b.template))
        key = key if key[0] < key[1] else key[::-1]
        if key not in self._sketch:
            self._sketch[key] = grown_score(a.template, b.template)
        return self._sketch[key]


class RememberedPeople(KnownPeople):
    """Known people whose searches are made once per probe."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[int, list[Hit]] = {}

    def hits(self, template: Template) -> list[Hit]:
        """As in `KnownPeople`."""
        if id(template) not in self._found:
            self._found[id(template)] = super().hits(template)
        return self._found[id(template)]


def run(report: Report, title: str, pool: list[PoolPerson], known: KnownPeople, count: int, seed: int = 5) -> None:
    """Print found and false shares for `count` planted and `count` clean enrollments."""
    remembered = Remembered()
    names = list(FAULTS)
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()

    def check(prints: list[SequencePrint], person: str) -> list[Finding]:
        return check_sequence(prints, known, besides=person, comparer=remembered.full, sketch=remembered.sketch)

    false: Counter[str] = Counter()
    wrong = 0
    for k in range(count):
        rng = np.random.default_rng([seed, k, 1])
        person = pool[int(rng.integers(len(pool)))]
        findings = check(as_sequence(clean(rng, person)), person.name)
        wrong += bool(findings)
        false.update({finding.kind.value for finding in findings})
    report.figure(
        f"{title}: clean enrollments with a false finding", 100 * wrong / count, "%", 0.5, f"{wrong} of {count} {dict(false)}"
    )
    for k in range(count):
        rng = np.random.default_rng([seed, k, 2])
        first, second = (int(j) for j in rng.choice(len(pool), 2, replace=False))
        name = names[k % len(names)]
        prints = clean(rng, pool[first])
        FAULTS[name][0](rng, prints, pool[first], pool[second])
        planted[name] += 1
        kinds = {finding.kind.value for finding in check(as_sequence(prints), pool[first].name)}
        found[name] += bool(kinds & FAULTS[name][1])
    for name in names:
        value = 100 * found[name] / max(planted[name], 1)
        report.figure(f"{title}: found: {name}", value, "%", 99, f"{found[name]} of {planted[name]}")


def generated(report: Report, arguments: list[str]) -> None:
    """Run on generated people with the strangers in the gallery."""
    cache = Path(_option(arguments, "--cache", "")) if "--cache" in arguments else None
    captured = people(int(_option(arguments, "--people", "60")), cache)
    strangers = recent(int(_option(arguments, "--strangers", "400")), cache)
    pool = [PoolPerson(f"person-{p.seed}", p.plain, p.rolled) for p in captured]
    known = RememberedPeople()
    for number, prints in enumerate(strangers):
        for position, template in prints.items():
            known.add(f"stranger-{number}", position, template)
    for person in pool:
        for position, template in person.plain[0].items():
            known.add(person.name, position, template)
    report.figure("known prints", known.prints, "")
    sequence = as_sequence(clean(np.random.default_rng(1), pool[0]))
    start = time.thread_time()
    check_sequence(sequence)
    report.figure("check of one enrollment, 20 prints", (time.thread_time() - start) * 1000, "ms")
    start = time.thread_time()
    KnownPeople.hits(known, sequence[0].template)
    report.figure("one print among the known", (time.thread_time() - start) * 1000, "ms")
    for kind, taken in (("plain", [p.plain[1] for p in pool]), ("rolled", [p.rolled[1] for p in pool])):
        own = [
            _found(known, person.name, at, print_)
            for person, prints in zip(pool, taken, strict=True)
            for at, print_ in prints.items()
        ]
        value = 100 * sum(own) / max(len(own), 1)
        report.figure(f"{kind} prints of another session: own plain print first", value, "%", None, f"{sum(own)} of {len(own)}")
    run(report, "generated", pool, known, int(_option(arguments, "--enrollments", "2000")))


def _found(known: KnownPeople, person: str, position: FingerPosition, template: Template) -> bool:
    """Return whether the likeliest of all known fingers is this one."""
    named = known.suspicions([("probe", position, template)])
    return bool(named) and named[0].person == person and named[0].touching[0].theirs == position


def open_people(folder: Path) -> list[PoolPerson]:
    """Return one person per open set: fingers 101..110 as the ten positions; odd impressions as slap prints, even ones as rolled."""
    from biometrics.positions import SINGLE_FINGERS

    found = []
    for name in OPEN_SETS:
        sessions: list[dict] = []
        for impression in range(1, 9):
            prints = {}
            for finger, position in enumerate(SINGLE_FINGERS):
                image = cv2.imread(str(folder / "fingerprints" / name / f"{101 + finger}_{impression}.png"), cv2.IMREAD_GRAYSCALE)
                assert image is not None
                prints[position] = extract_stored(np.asarray(image, np.uint8), 512 if name == "fvc2004_db3_b" else 500)
            sessions.append(prints)
        found.append(PoolPerson(name, tuple(sessions[0::2]), tuple(sessions[1::2])))
    return found


def assembled(report: Report, arguments: list[str]) -> None:
    """Run on people put together from the open sets, each set by itself as applicant, the others known."""
    shared = shared_dir()
    if shared is None:
        return
    pool = open_people(shared / "data")
    known = RememberedPeople()
    for person in pool:
        for position, template in person.plain[0].items():
            known.add(person.name, position, template)
    count = int(_option(arguments, "--enrollments", "2000"))
    for person in pool:
        others = [other for other in pool if other is not person]
        remembered = Remembered()
        false: Counter[str] = Counter()
        wrong = 0
        for k in range(count // 4):
            rng = np.random.default_rng([11, k])
            prints = as_sequence(clean(rng, person))
            findings = check_sequence(prints, known, besides=person.name, comparer=remembered.full, sketch=remembered.sketch)
            wrong += bool(findings)
            false.update({finding.kind.value for finding in findings})
        share = 100 * wrong / (count // 4)
        report.figure(f"{person.name}: clean with a false finding", share, "%", 0.5, f"{wrong} of {count // 4} {dict(false)}")
        for name, (plant, expected) in FAULTS.items():
            hits = 0
            for k in range(count // 40):
                rng = np.random.default_rng([12, k])
                prints = clean(rng, person)
                other = others[k % len(others)]
                plant(rng, prints, person, other)
                sequence = as_sequence(prints)
                findings = check_sequence(
                    sequence, known, besides=person.name, comparer=remembered.full, sketch=remembered.sketch
                )
                hits += bool({finding.kind.value for finding in findings} & expected)
            report.figure(f"{person.name}: found: {name}", 100 * hits / (count // 40), "%", 99, f"{hits} of {count // 40}")


def _option(arguments: list[str], name: str, default: str) -> str:
    return arguments[arguments.index(name) + 1] if name in arguments else default


def main(arguments: list[str]) -> int:
    """Print every figure."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    if "--open-only" not in arguments:
        generated(report, arguments)
    assembled(report, arguments)
    return 0
