"""`station dossier`: find, show, correct and print dossiers; the day's totals, defects, decisions and desks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from station.clock import legal_day
from station.commands import dossier_counter
from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, line, opened
from station.commands.dossier_exception import app as exceptions_app
from station.commands.dossier_exception import exception_line
from station.commands.dossier_paper import app as papers_app
from station.commands.dossier_paper import paper_lines
from station.dossier.book import DossierBook
from station.dossier.consuming import CentreSession
from station.dossier.events import event_id
from station.dossier.findings import finger_code
from station.dossier.life import Life, day_totals
from station.dossier.mending import Mending, ages
from station.dossier.parts import Defect, Lifecycle
from station.dossier.pipeline import desk_loads, desk_of
from station.dossier.search import find as find_dossiers
from station.dossier.state import DossierState
from station.errors import InputError
from station.keys import Permission
from station.views.base import Words, shown
from station.views.chip_check import chip_check
from station.words import Language, say

app = typer.Typer(no_args_is_help=True, help="Find, show, correct and print dossiers.")
DossierId = Annotated[str, typer.Argument(help="Number of the dossier (barcode digits).", show_default=False)]
DefectId = Annotated[str, typer.Argument(help="Id of the defect ('station dossier defects').", show_default=False)]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]
Reason = Annotated[str, typer.Option(help="Why; goes into the audit log.")]


def _book(station: Opened) -> DossierBook:
    return DossierBook(station.journal, station.clock, station.session or CentreSession(operator=""))


def _language(english: bool) -> Language:
    return Language.EN if english else Language.VI


def _day(text: str, station: Opened) -> date:
    try:
        return date.fromisoformat(text) if text else legal_day(station.clock.now())
    except ValueError as error:
        raise InputError("A day is written 2026-11-22.", code="date-format") from error


def _row(state: DossierState, language: Language, as_json: bool) -> None:
    desk = desk_of(state)
    done = sum(map(state.done, state.procedure.steps))
    line(as_json, f"{state.id}  {say(state.package_word.value, language):14s} {say(f'life.{state.lifecycle.value}', language) if state.lifecycle is not Lifecycle.OPEN else '':10s} "
         f"{done:2d}/{len(state.procedure.steps)}  {state.value('full_name')}",
         dossier=state.id, word=state.package_word.value, lifecycle=state.lifecycle.value, desk=desk.value if desk else "",
         kind=state.kind.value, procedure=state.procedure.id, captures=done, defects=len(state.open_defects),
         decisions=len(state.open_approvals))  # fmt: skip


@app.command("list")
def list_(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
          day: Annotated[str, typer.Option(help="Only those opened on this day, 2026-11-22.")] = "", english: English = False,
          as_json: Json = False) -> None:  # fmt: skip
    """List dossiers, oldest first."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        for state in _book(station).states():
            if not day or legal_day(state.opened_at) == _day(day, station):
                _row(state, _language(english), as_json)


@app.command()
def find(text: Annotated[str, typer.Argument(help="Barcode, personal or old number, phone, ticket, or a name (marks optional).")],
         data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
         english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Find dossiers by what a person has in hand. Exit 1 when there is none."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        hits = find_dossiers(book.states(), text)
        for hit in hits:
            _row(book.state(hit.dossier), _language(english), as_json)
        if not hits:
            typer.echo("No dossier fits; nothing was changed. Check the number, or type less of the name.", err=True)
            raise typer.Exit(1)


@app.command()
def show(dossier: DossierId, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
         pin_file: PinFile = None, english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Show one dossier: fields with their source, captures, exceptions, defects, signatures, packages."""
    language = _language(english)
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        state = _book(station).state(dossier)
        _row(state, language, as_json)
        for name, value in state.fields.items():
            line(as_json, f"  {say(f'field.{name}', language):32s} {shown(name, value.value)}  [{say(f'source.{value.source.value}', language)}]",
                 field=name, value=value.value, source=value.source.value)  # fmt: skip
        if state.chip is not None:
            check = chip_check(state.chip.standing, state.chip.verdict)
            line(as_json, f"  {say('ui.chip.title', language):32s} {check.word.say(language)}: {check.cause.say(language)}", chip=state.chip.verdict,
                 standing=state.chip.standing.value, stops=check.stops)  # fmt: skip
        for step in state.captures.values():
            scores = [q.score for q in step.accepted.capture.quality] if step.accepted else []
            state_word = f"{min(scores, default=0):.0f}" if step.accepted else "-"
            line(as_json, f"  {say(f'step.{step.step}', language):32s} {state_word:>4s}  {len(step.attempts)} tries", step=step.step,
                 taken=step.accepted is not None, score=min(scores, default=None), attempts=len(step.attempts))  # fmt: skip
        for finger, found in sorted(state.exceptions.items()):
            exception_line(finger, found, language, as_json=as_json)
        for defect in state.defects:
            _defect_line(defect, state, language, as_json)
        _finding_lines(state, language, as_json)
        paper_lines(state, language, as_json=as_json)
        for package in state.packages:
            line(as_json, f"  {package.id}  {say(package.word.value, language)}", package=package.id, word=package.word.value)


def _finding_lines(state: DossierState, language: Language, as_json: bool) -> None:
    """What the sequence check of the fingers found, with the two prints of every comparison."""
    open_keys = {f.key for f in state.open_findings}
    for found in state.findings:
        fingers = ", ".join(say(finger_code(f), language) for f in found.fingers)
        word = say("finding-open" if found.key in open_keys else "finding-accepted", language)
        person = f" ({found.person})" if found.person else ""
        line(as_json, f"  {found.code}  {say(f'finding-{found.kind}', language)}: {fingers}{person}  [{word}]", finding=found.kind, code=found.code,
             fingers=list(found.fingers), person=found.person, open=found.key in open_keys, log10_chance=found.log10_chance)  # fmt: skip
        for e in found.evidence:
            first, second = (f"{p.step or p.capture}/{p.finger}" for p in (e.first, e.second))
            line(
                as_json,
                f"       {first}  {second}  score {e.score:.2f}  fmr {e.fmr:.1e}",
                first=first,
                second=second,
                score=e.score,
                fmr=e.fmr,
            )


def _defect_line(defect: Defect, state: DossierState, language: Language, as_json: bool, **more: object) -> None:
    why = str(defect.evidence.get("why", ""))
    line(as_json, f"  {defect.code}  {say(f'defect.{defect.code}', language)}: {say(f'field.{defect.field}', language)} — {say(why, language)}  "
         f"[{say(f'defect.{defect.state.value}', language)}; {say(f'owner.{defect.owner}', language)}]  {defect.id}",
         defect=str(defect.id), dossier=state.id, code=defect.code, field=defect.field, why=why, state=defect.state.value,
         owner=defect.owner, stops=defect.stops, **more)  # fmt: skip


app.add_typer(papers_app, name="paper")
app.add_typer(exceptions_app, name="exception")
for _command, _name in ((dossier_counter.kind, "kind"), (dossier_counter.old_card, "old-card"), (dossier_counter.fee, "fee")):
    app.command(_name)(_command)


@app.command()
def totals(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
           day: Annotated[str, typer.Option(help="Which day, 2026-11-22 (today).")] = "", english: English = False,
           as_json: Json = False) -> None:  # fmt: skip
    """The day's counts: saved, sealed, sent, acknowledged, refused, abandoned, merged. They add up to those opened."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        counts = day_totals(_book(station).states(), _day(day, station))
        line(as_json, "  ".join(f"{say(k, _language(english))} {v}" for k, v in counts.items()), **counts)


@app.command()
def desks(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
          english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """The five desks: who waits, the longest wait, the bottleneck."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        for load in desk_loads(_book(station).states(), station.clock.now()):
            line(as_json, f"{say(f'desk.{load.desk.value}', _language(english)):20s} {len(load.waiting):4d}  {load.longest_wait_s / 60:6.0f} min"
                 f"{'  !' if load.bottleneck else ''}", desk=load.desk.value, waiting=list(load.waiting),
                 longest_wait_s=load.longest_wait_s, bottleneck=load.bottleneck)  # fmt: skip


@app.command()
def defects(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
            english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Open defects, nearest to the 180-day purge first."""
    language = _language(english)
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        states = {s.id: s for s in _book(station).states()}
        rows = ages(states.values(), legal_day(station.clock.now()))
        for row in rows:
            purge = Words("s12.purge", {"days": row.retention.days_left}).say(language)
            _defect_line(
                row.defect, states[row.dossier], language, as_json, age_days=row.age_days, days_left=row.retention.days_left
            )
            if not as_json:
                typer.echo(f"       {row.dossier}  {purge}")
        if not rows and not as_json:
            typer.echo(say("s12.empty", language))


@app.command()
def assign(dossier: DossierId, defect: DefectId, owner: Annotated[str, typer.Argument(help="Role, operator or commune.")],
           data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Give a defect to exactly one owner."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.CORRECT_DATA) as station:
        Mending(_book(station)).assign(dossier, event_id(defect), owner)


@app.command()
def correct(dossier: DossierId, defect: DefectId, value: Annotated[str, typer.Argument(help="The right value.")],
            proof: Annotated[Path | None, typer.Option(help="Photograph of the paper that proves it.", show_default=False)] = None,
            data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Correct a wrong value with its proof; captures stay. Another person approves it ('station dossier approve')."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.CORRECT_DATA) as station:
        blob = station.journal.put_blob(_picture(proof), "image/jpeg") if proof else ""
        stored = Mending(_book(station)).correct(dossier, event_id(defect), value, proof=blob)
        typer.echo(f"Saved, waits for approval by another person: {stored}")


def _picture(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read; nothing was changed.", code="file") from error
    if not data.startswith((b"\xff\xd8", b"\x89PNG")) or len(data) > 20_000_000:
        raise InputError(f"{path.name} is no JPEG or PNG of at most 20 MB; nothing was changed.", code="file")
    return data


@app.command()
def approve(dossier: DossierId, defect: DefectId, send_back: Annotated[bool, typer.Option("--return", help="Send it back instead.")] = False,
            reason: Reason = "", data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
            pin_file: PinFile = None) -> None:  # fmt: skip
    """Approve a correction as another person than the one who made it."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.APPROVE) as station:
        Mending(_book(station)).approve(
            dossier, event_id(defect), decision="returned" if send_back else "approved", reason=reason
        )


@app.command()
def close(dossier: DossierId, defect: DefectId, how: Annotated[str, typer.Argument(help="How it was settled.")], data: Data = None,
          passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Close a defect that is settled."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        Mending(_book(station)).close(dossier, event_id(defect), how)


@app.command()
def end(dossier: DossierId, what: Annotated[str, typer.Argument(help="pause, resume, abandon or reopen.")], reason: Reason = "",
        data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Pause, resume, abandon or reopen a dossier; abandoning and reopening need a reason."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        life = Life(_book(station))
        intents = {"pause": life.pause, "resume": life.resume, "abandon": life.abandon, "reopen": life.reopen}
        if what not in intents:
            raise InputError("Say pause, resume, abandon or reopen; nothing was changed.", code="input")
        intents[what](dossier, reason)


@app.command()
def merge(dossier: DossierId, into: Annotated[str, typer.Argument(help="The dossier that goes on.")], reason: Reason = "", data: Data = None,
          passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Merge a dossier that was opened twice into the other one."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        Life(_book(station)).merge(dossier, into, reason)


@app.command("print")
def print_(dossier: DossierId, paper: Annotated[str, typer.Argument(help="capture, slip, population-collect, population-correct, exceptions.")],
           to: Annotated[Path, typer.Option("--to", help="PDF file to write.")], unit: Annotated[str, typer.Option(help="Name of the unit.")] = "CÔNG AN",
           demo: Annotated[bool, typer.Option("--demo", help="Print DEMO across.")] = False, data: Data = None,
           passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Write a paper of a dossier as PDF and note it in the dossier."""
    from station.dossier.papers import make_paper, print_paper

    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        if station.session is not None:
            made = print_paper(book, dossier, paper, unit=unit, demo=demo)
        else:
            made = make_paper(book.state(dossier), paper, legal_day(station.clock.now()), unit=unit, demo=True)
        try:
            to.write_bytes(made.pdf)
        except OSError as error:
            raise InputError(f"{to.name} cannot be written; the dossier is safe. Choose another place.", code="file") from error
        typer.echo(f"{made.form.id}: {to.name}, {len(made.pdf)} bytes")
