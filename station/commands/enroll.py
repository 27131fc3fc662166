"""`station enroll --from DIR`: one enrollment from real files, without a window."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from station.dossier.photographing import Page
    from station.enrollment_file import GivenPaper


def command(
    *,
    source: Annotated[Path, typer.Option("--from", help="Folder with enrollment.toml beside (or pointing to) the images.")],
    folder: Annotated[
        Path | None, typer.Option(help="Keep the station and its demo intake here; default: a folder that is removed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Enroll one citizen from files with a demo station and intake: quality, journal, seal, upload, verified receipt.

    Captures are marked `file`; a production intake refuses them.
    """
    with _kept(folder) as place:
        run(source, place, as_json=as_json)


@contextlib.contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="station-enroll-") as made:
        yield Path(made)


def run(source: Path, folder: Path, *, as_json: bool) -> None:
    """Enroll what `source` holds.

    Raises:
        StationError, BiometricsError, DeviceError: with a sentence each; what was saved stays.
    """
    from devices.folder.camera import FolderCamera
    from devices.folder.scanner import FolderScanner, load_print
    from station.clock import ManualClock
    from station.demo import open_demo_station
    from station.demo_intake import DemoIntake
    from station.dossier.parts import Branch
    from station.dossier.photographing import Photographing
    from station.enrolling import Enroller
    from station.enrollment_file import read_enrollment
    from station.errors import InputError
    from station.headless import capture_event, finish, printer, send_all

    say = printer(as_json)
    given = read_enrollment(source)
    for entry in given.prints:  # everything that can be refused is refused before the first capture
        load_print(entry)
    pages = [(p, page_of(p)) for p in given.papers]
    if not given.portraits:
        raise InputError(
            "enrollment.toml names no portrait; nothing was enrolled. Add [portrait] file = …", code="enrollment-format"
        )
    clock = ManualClock()
    camera = FolderCamera(given.portraits, pacer=clock)
    if info := camera.describe().error:
        raise InputError(info, code="image-missing")
    station = open_demo_station(folder / "station", clock=clock)
    try:
        newest = max((d.last_at for d in station.journal.dossiers()), default=None)
        if newest is not None and newest > clock.now():
            clock.jump(newest)
        scanner = FolderScanner(given.prints, pacer=clock)
        scanner.open()
        camera.open()
        enroller = Enroller(station, scanner, camera, on_capture=lambda line: say(capture_event(line)),
                            patience_frames=20)  # fmt: skip
        with DemoIntake(folder / "intake") as intake:
            carrier = intake.connect(station)
            ticket = f"file-{source.name}"
            known = {s.ticket: s.id for s in station.book.states()}
            dossier = known.get(ticket) or station.book.open_dossier(given.procedure, ticket=ticket, kind=given.kind)
            state = station.book.state(dossier)
            if not state.sealed:
                enroller.declare(dossier, given.applicant)
                if state.look_up is None:
                    station.book.look_up(dossier, Branch.UNANSWERED, None, source="file", status="unanswered")
                for e in given.exceptions:
                    if e.finger not in station.book.state(dossier).exceptions:
                        station.book.declare_exception(dossier, e.finger, e.kind, e.permanence, e.reason)
                if not station.book.state(dossier).photos:
                    for paper, page in pages:
                        Photographing(station.book, station.journal.put_blob).add(
                            dossier, page, paper.kind, field=paper.field, words=paper.words, reason=paper.reason)  # fmt: skip
            send_all(station, carrier, [finish(station, enroller, dossier, say).package_id], say)
            carrier.close()
    finally:
        station.close()


def page_of(paper: GivenPaper) -> Page:
    """Read a page before anything is enrolled.

    Raises:
        InputError: unknown kind, no such picture, not well readable and no reason given.
    """
    from station.commands.dossier_paper import page_of_file
    from station.errors import InputError
    from station.vietnam.paper_kinds import paper_kind

    if paper_kind(paper.kind).needs_words and not paper.words:
        raise InputError(f"{paper.file.name}: say with 'words' what paper this is; nothing was enrolled.", code="paper-words")
    return page_of_file(paper.file, paper.reason)
