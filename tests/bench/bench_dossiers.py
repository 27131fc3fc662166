"""Synthetic citizens through the whole procedure, headless: faults found, false defects, time per citizen and by step, look-up times.

    ./run bench dossiers --count 10000 [--seed S] [--people 100000] [--journal DIR] [--json]

The book, the checks and the replay are the real ones; events go to a journal in memory, or to the encrypted one in DIR. Captures name
a cached pool of prints (whoever shows somebody else's fingers shows that person's pool entry; the finger search itself is
measured by `matching`). Each citizen: look-up and comparison, chip where there is a card, fingers with retries and exceptions, portrait, second
comparison with the finger hits, review, two signatures, fee, slip, sealed, sent, acknowledged. Half of them carry one planted fault.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

from devices.contract import Source
from station.capture.model import Capture, CaptureDevice, ImageRef, QualityNote
from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.comparing import ComparingDesk
from station.dossier.kinds import Kind
from station.dossier.life import Life
from station.dossier.memory import EventLog, MemoryJournal
from station.dossier.mending import Mending
from station.dossier.parts import FieldSource, PackageWord
from station.dossier.procedure import CaptureStep
from station.dossier.readiness import before_sealing, lines_to_review
from station.population import NameQuery, SyntheticCitizen, SyntheticPopulation
from station.vietnam.dates import parse_date
from station.vietnam.rules import deadline_for, fee_for
from tests.bench.report import Report, cpu_ms

POOL = 64
DAY = date(2026, 11, 22)
DEVICE = CaptureDevice("simulated", "bench", "pool", "1", "1", "", "")


class Clerk:
    """One person doing all desks, and the supervisor when asked."""

    def __init__(self, operator: str, *roles: str) -> None:
        self.operator, self.roles, self.desk = operator, frozenset(roles), "bench"


class Run:
    """The counters of one run."""

    def __init__(
        self, population: SyntheticPopulation, journal: EventLog, clock: ManualClock, seed: int, stored: list[str]
    ) -> None:
        self.book = DossierBook(
            journal, clock, Clerk("op-1", "clerk", "capture"), sign=lambda data: hashlib.sha256(data).digest()
        )
        self.clock, self.population = clock, population
        self.desk, self.life, self.mending = ComparingDesk(self.book, population), Life(self.book), Mending(self.book)
        self.rng = random.Random(seed)
        self.pool = stored
        self.enrolled: dict[int, str] = {}
        self.spent: Counter[str] = Counter()
        self.planted = self.found = self.false = self.checks = self.acknowledged = self.stopped = self.events = 0
        self.missed: Counter[str] = Counter()

    def timed(self, name: str, start: float) -> float:
        now = time.thread_time()
        self.spent[name] += now - start
        return now

    def enroll(self, citizen: SyntheticCitizen) -> None:
        """Take one citizen through the procedure."""
        book, at = self.book, time.thread_time()
        dossier = book.open_dossier(
            "vn-60-2021", applicant=citizen.declared, kind=citizen.kind, ticket=str(101 + citizen.index % 400)
        )
        for name, value in citizen.papers.items():
            book.set_field(dossier, name, value, FieldSource.PAPERS, evidence_only=True)
        if citizen.chip:
            book.read_card(dossier, "verified", citizen.chip)
        at = self.timed("declare", at)
        self.desk.compare(dossier)
        at = self.timed("look-up and compare", at)
        self._supplement(dossier)
        if not self._settle(dossier, citizen):
            return
        at = self.timed("settle", at)
        if self.rng.random() < 0.02:
            book.declare_exception(dossier, self.rng.randrange(1, 11), "amputated")
        while (step := book.state(dossier).next_step) is not None:
            self._capture(dossier, step, citizen)
        at = self.timed("captures", at)
        # The gallery knows fingers as they were shown: whoever showed these before is the hit.
        owner = self.enrolled.get(citizen.finger_of, "")
        self.enrolled.setdefault(citizen.finger_of, dossier)
        self.desk.compare(dossier, finger_hits=[owner] if owner else [])
        at = self.timed("compare before sealing", at)
        self._judge(dossier, citizen, seen_before=bool(owner))
        if not self._settle(dossier, citizen, judged=True):
            return
        at = self.timed("settle", at)
        self._finish(dossier)
        self.timed("review, sign, seal", at)

    def _supplement(self, dossier: str) -> None:
        """The clerk asks for what is missing, as at a counter; the defect stays until it is compared again or mended."""
        for defect in self.book.state(dossier).open_defects:
            if defect.code == "T2" and defect.field in {"phone", "addr_perm"}:
                self.book.set_field(
                    dossier, defect.field, "0000999999" if defect.field == "phone" else "Thôn 1, Xã Mẫu, Tỉnh Ví Dụ"
                )

    def _settle(self, dossier: str, citizen: SyntheticCitizen, *, judged: bool = False) -> bool:
        """Stopping defects go to the supervisor: dead people end here, the rest is decided and goes on."""
        blocked = self.book.state(dossier).blocked
        if not blocked:
            return True
        if any(d.code == "X1" for d in blocked):
            if not judged:
                self._judge(dossier, citizen)
            self.stopped += 1
            self.life.abandon(dossier, "CSDL ghi đã mất")
            return False
        clerk, self.book.session = self.book.session, Clerk("op-9", "supervisor")
        for defect in blocked:
            self.mending.close(dossier, defect.id, "đã xác minh")
        self.book.session = clerk
        return True

    def _capture(self, dossier: str, step: CaptureStep, citizen: SyntheticCitizen) -> None:
        state = self.book.state(dossier)
        missing = tuple(int(f) for f in step.fingers if f in state.excepted)
        attempt = 1
        while self.rng.random() < 0.08 and attempt < step.attempts:
            self.book.record_attempt(dossier, step.id, 15.0, ["too-light"])
            attempt += 1
        self.book.record_attempt(dossier, step.id, 80.0, accepted=True)
        image = ImageRef(self.pool[citizen.finger_of % len(self.pool)], 800, 750, 1, 8, 8, 500, "raw")
        notes = tuple(QualityNote(int(f), 80.0, "pool") for f in state.expected(step)) or (QualityNote(0, 80.0, "pool"),)
        capture = Capture(step.id, step.modality.value, int(step.position), int(step.impression), (image,), DEVICE, Source.SIMULATED,
                          notes, attempt, missing)  # fmt: skip
        self.book.accept_capture(dossier, capture)
        self.clock.advance(4.0)

    def _judge(self, dossier: str, citizen: SyntheticCitizen, *, seen_before: bool = False) -> None:
        state = self.book.state(dossier)
        reported = {(d.code, d.field) for d in state.defects}
        planted = {(f.code, f.field) for f in citizen.faults}
        borrowed = ("D3", "fingers") in planted
        if borrowed and not seen_before:
            planted.discard(
                ("D3", "fingers")
            )  # these fingers were never enrolled (their owner was stopped or showed others): no duplicate
        elif seen_before:
            planted.add(("D3", "fingers"))  # also the owner who comes after whoever borrowed the fingers
        self.checks += 1
        self.planted += len(planted)
        self.found += len(planted & reported)
        self.false += len(reported - planted)
        self.missed.update(f"{c}:{f}" for c, f in planted - reported)

    def _finish(self, dossier: str) -> None:
        book, state = self.book, self.book.state(dossier)
        book.review(dossier, dict.fromkeys(lines_to_review(state), True))
        fee = fee_for(state.kind.value, DAY)
        self.life.fee(dossier, fee.amount_vnd, fee.basis)
        if state.kind.value != "first":
            self.life.old_card(dossier, "cccd")
        due = deadline_for(state.kind.value, DAY)
        self.life.slip(dossier, due.due, "collect", "Công an xã Ví Dụ", due.rule)
        book.sign(dossier, "applicant", blob=self.pool[0])
        book.sign(dossier, "operator", signature=b"signature")
        if rest := before_sealing(book.state(dossier)):
            raise SystemExit(f"{dossier} cannot be sealed: {rest}")
        name = hashlib.sha256(dossier.encode()).hexdigest()[:32]
        for kind in (Kind.SEALED, Kind.SENT, Kind.RECEIPT):
            book.write(kind, {"package": name, "bytes": 5_300_000}, dossier)
        state = book.state(dossier)
        self.acknowledged += state.package_word is PackageWord.ACKNOWLEDGED
        self.events += state.events


def look_ups(report: Report, people: SyntheticPopulation) -> None:
    """Time single look-ups among all people."""
    start = time.thread_time()
    people.by_number("000000000000")
    report.figure("index_build", time.thread_time() - start, "s", note=f"{people.size} people")
    some = [people.citizen(i * 7919 % people.size) for i in range(20)]
    numbers = [c.truth["personal_no"] for c in some]
    report.figure("look_up_number", cpu_ms(lambda: [people.by_number(n) for n in numbers]) / 20, "ms", 20.0)
    exact = [NameQuery(c.truth["full_name"], parse_date(c.truth["dob"]), (c.truth["father_name"],)) for c in some]
    fuzzy = [NameQuery(c.truth["full_name"][:-1] + "X", None) for c in some]
    report.figure("look_up_name_birth_parents", cpu_ms(lambda: [people.by_name(q) for q in exact], 5) / 20, "ms", 60.0)
    report.figure("look_up_fuzzy_name", cpu_ms(lambda: [people.by_name(q) for q in fuzzy], 5) / 20, "ms", 60.0)
    worst = max(cpu_ms(lambda q=q: people.by_name(q), 3) for q in fuzzy)
    report.figure("look_up_fuzzy_name_worst", worst, "ms", 60.0)


def main(arguments: list[str]) -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(prog="bench dossiers", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--people", type=int, default=100_000, help="size of the register for the look-up figures (0: leave them out)"
    )
    parser.add_argument("--journal", type=Path, help="write to a real encrypted journal in this folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = Report(arguments)
    if given.people:
        look_ups(report, SyntheticPopulation(given.seed, given.people, fault_share=0.1))
    with ExitStack() as stack:
        clock = ManualClock(datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
        prints = [hashlib.sha256(f"print {n}".encode()).digest() * 500 for n in range(POOL)]
        journal: EventLog = MemoryJournal(clock)
        stored = [hashlib.sha256(p).hexdigest() for p in prints]
        if given.journal:
            from station.files import RealFiles
            from station.journal import Journal

            real = stack.enter_context(Journal.create(RealFiles(given.journal), b"k" * 32, "00000000000000a1", clock))
            stored = [real.put_blob(p, "application/octet-stream") for p in prints]
            journal = real
        population = SyntheticPopulation(given.seed, given.count, fault_share=0.5, today=DAY)
        population.by_number("000000000000")
        run = Run(population, journal, clock, given.seed, stored)
        start = time.thread_time()
        for citizen in population:
            run.enroll(citizen)
        total = time.thread_time() - start
    report.figure("citizens", given.count, "", note=f"{run.acknowledged} acknowledged, {run.stopped} stopped by the register")
    report.figure("faults_planted", run.planted, "")
    report.figure(
        "faults_found", run.found / max(run.planted, 1), "share", 0.999, note=" ".join(f"{k}x{v}" for k, v in run.missed.items())
    )
    report.figure("false_defects", run.false / max(run.checks, 1), "share", 0.001)
    report.figure("time_per_citizen", total / given.count * 1000, "ms")
    for name, seconds in run.spent.items():
        report.figure(f"share: {name}", seconds / total, "share", note=f"{seconds / given.count * 1000:.2f} ms")
    report.figure("events_per_dossier", run.events / max(run.acknowledged, 1), "")
    report.figure("peak_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    if run.acknowledged + run.stopped != given.count:
        sys.exit("Some dossiers ended nowhere.")
