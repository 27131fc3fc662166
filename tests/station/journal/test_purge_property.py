"""The purge decision against an independent judge: whatever clock, receipts, revisions and persons do, nothing goes before its time.

The judge keeps its own books (what was sealed last, which receipts came, what the centre's own time was) and imports no rule.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station import retention
from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.files import RealFiles
from station.journal import Journal
from station.journal.guards import ClockError
from tests.station.powercut import Cut, Recorder

KEY = bytes(32)
NAMES = ("a", "b")
DEEDS = st.one_of(
    st.tuples(st.sampled_from(("seal", "revise", "receipt", "old-receipt")), st.just("a")),
    st.tuples(st.sampled_from(("capture", "seal", "receipt", "old-receipt", "revise", "abandon", "reopen", "defect", "mend")),
              st.sampled_from(NAMES)),
    st.tuples(st.just("days"), st.integers(1, 200)),
    st.tuples(st.just("jump"), st.integers(-400, 4000)),
    st.tuples(st.just("told"), st.just(0)),
    st.tuples(st.just("purge"), st.just(0)),
)  # fmt: skip


@dataclass
class Book:
    """What the judge knows of one dossier."""

    begun: datetime | None = None
    captured: datetime | None = None
    packages: list[str] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    revised: bool = False
    ended: bool = False
    defects: list[str] = field(default_factory=list)

    @property
    def receipted(self) -> bool:
        return bool(self.packages) and not self.revised and self.packages[-1] in self.receipts


class World:
    """A station, its clock that anybody may set, and the centre whose time is true."""

    def __init__(self, journal: Journal, clock: ManualClock) -> None:
        self.journal, self.clock = journal, clock
        self.true = self.told = clock.now() - timedelta(days=10_000)
        self.true = clock.now()
        self.books = {name: Book() for name in NAMES}
        self.count = 0

    def write(self, kind: Kind, name: str, **body: object) -> str:
        return str(self.journal.append(kind, body, dossier=name, operator="o", desk="").id)

    def do(self, deed: str, value: str | int) -> None:
        if isinstance(value, int):
            self.happen(deed, value)
            return
        book, self.count = self.books[value], self.count + 1
        now = self.clock.now()
        if deed == "capture":
            sha = self.journal.put_blob(f"{value}{self.count}".encode() * 50, "application/octet-stream")
            self.write(Kind.CAPTURED, value, step="s", capture={"images": [{"blob": sha}]})
            book.captured = min(book.captured or now, now)
        elif deed == "seal":
            book.packages.append(f"p{self.count}")
            book.revised = book.ended = False
            self.write(Kind.SEALED, value, package=book.packages[-1])
        elif deed in {"receipt", "old-receipt"} and book.packages:
            package = book.packages[-1 if deed == "receipt" else 0]
            book.receipts.add(package)
            self.told = self.true
            self.write(Kind.RECEIPT, value, package=package, at=self.true.isoformat())
        elif deed == "revise" and book.packages:
            book.revised, book.ended = True, False
            self.write(Kind.REVISION, value, number=1)
        elif deed in {"abandon", "reopen"}:
            book.ended = deed == "abandon"
            self.write(Kind.ABANDONED if book.ended else Kind.REOPENED, value, reason="r")
        elif deed == "defect":
            book.defects.append(self.write(Kind.DEFECT, value, code="name"))
        elif deed == "mend" and book.defects:
            self.write(Kind.DEFECT_CLOSED, value, defect=book.defects.pop(), how="data")
        else:
            return
        book.begun = min(book.begun or now, now)

    def happen(self, deed: str, value: int) -> None:
        if deed == "days":
            self.clock.advance(value * 86_400)
            self.true += timedelta(days=value)
        elif deed == "jump":
            self.clock.jump(self.true + timedelta(days=value))
        elif deed == "told":
            self.told = self.true
            ahead = (self.clock.now() - self.true).total_seconds()
            self.journal.append(Kind.TIME_TOLD, {"source": "t", "ahead_s": ahead}, dossier="", operator="", desk="")
        else:
            self.purge()

    def purge(self) -> None:
        before = {d.id for d in self.journal.dossiers()}
        try:
            retention.purge_due(self.journal, self.clock, operator="o", desk="")
        except ClockError:
            assert {d.id for d in self.journal.dossiers()} == before
            return
        for name in before - {d.id for d in self.journal.dossiers()}:
            book = self.books[name]
            began = book.captured or book.begun
            assert book.receipted or book.ended, "gone without a receipt for what was said last, and nobody ended it"
            assert not book.defects, "gone with an open defect"
            assert began is not None
            assert self.told - began >= timedelta(days=180), "gone before its days were over by the centre's time"
            self.books[name] = Book()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14))
def test_never_without_a_receipt_whatever_the_clock_does(deeds: list[tuple[str, str | int]]) -> None:
    clock = ManualClock()
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        Journal.create(RealFiles(Path(folder)), KEY, "00112233445566aa", clock) as journal,
    ):
        world = World(journal, clock)
        for deed, value in deeds:
            world.do(deed, value)
        for deed, value in (("jump", 0), ("days", 90), ("days", 100), ("told", 0), ("purge", 0)):
            world.do(deed, value)


def test_a_power_cut_in_a_purge_leaves_all_of_a_dossier_or_its_proof(quick: Path) -> None:
    recorder, clock = Recorder(), ManualClock()
    with Journal.create(recorder.files(quick / "base"), KEY, "00112233445566aa", clock) as journal:
        shas = {}
        for name in ("old", "held"):
            shas[name] = journal.put_blob(name.encode() * 3000, "application/octet-stream")
            journal.append(
                Kind.CAPTURED, {"step": "s", "capture": {"images": [{"blob": shas[name]}]}}, dossier=name, operator="o", desk=""
            )
        journal.append(Kind.SEALED, {"package": "p"}, dossier="old", operator="o", desk="")
        clock.advance(200 * 86_400)
        journal.append(Kind.RECEIPT, {"package": "p", "at": clock.now().isoformat()}, dossier="old", operator="", desk="")
        recorder.note(("ready",))
        (proof,) = retention.purge_due(journal, clock, operator="o", desk="")
        recorder.note(("purged",))
    seen = set()
    cuts: list[Cut] = [cut for cut in recorder.cuts() if ("ready",) in cut.noted]
    for number, cut in enumerate(cuts):
        folder = cut.build(quick / "base", quick / f"cut{number}")
        with Journal.open(RealFiles(folder), KEY, clock) as again:
            there = [e.kind for e in again.events("old")]
            proofs = again.events_of_kind(Kind.PURGED)
            assert (len(there), len(proofs)) in {(3, 0), (0, 1)}, "half of it went"
            assert again.has_blob(shas["old"]) is bool(there)
            if there:
                assert again.blob(shas["old"]) == b"old" * 3000
            else:
                assert proofs[0].hash == proof.hash
            assert there == [] or ("purged",) not in cut.noted, "what was said to be gone came back"
            assert again.blob(shas["held"]) == b"held" * 3000
            assert again.check().sound
            seen.add(len(there))
    assert seen == {0, 3}, "cuts before and after the commit were tried"
