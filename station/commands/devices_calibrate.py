"""`station devices calibrate` and `station devices certificate …`: the wizard without a window, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, opened

certificate = typer.Typer(no_args_is_help=True, help="Show, verify, print and list calibration certificates.")

DeviceWish = Annotated[str, typer.Option("--device", "-d", metavar="'ADAPTER key=value …'", help="The device, as in the settings; "
                                         "simulated-scanner and simulated-camera take flaw=NAME.")]  # fmt: skip
English = Annotated[bool, typer.Option("--english", help="Words in English.")]
FileArgument = Annotated[
    Path | None, typer.Argument(help="A certificate file; without it the newest of --serial.", show_default=False)
]
Serial = Annotated[str, typer.Option("--serial", help="Serial number of a device calibrated here.")]
KeyFiles = Annotated[list[Path] | None, typer.Option("--key", help="Public key file whose signature is believed; without it this station's trust.",
                                                     show_default=False)]  # fmt: skip


def command(
    device: DeviceWish = "simulated-scanner",
    plan: Annotated[str, typer.Option(help="tenprint, single, module or camera; default: what fits the device.")] = "",
    limits: Annotated[str, typer.Option(help="Another table of limits (ebts-f-500, ebts-f-1000, piv-071006, …).")] = "",
    captures: Annotated[int, typer.Option(help="Captures of each face, 3 to 20; default: the plan's.")] = 0,
    target_serial: Annotated[str, typer.Option(help="Serial number of the target.")] = "",
    target_expires: Annotated[str, typer.Option(help="When the target's own calibration ends, 2027-01-31.")] = "",
    temperature: Annotated[str, typer.Option(help="Temperature of the room, °C.")] = "",
    note: Annotated[str, typer.Option(help="A note for the certificate.")] = "",
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Sign with nobody's key: the certificate says 'not a signature'.")] = False,
    marks: Annotated[str, typer.Option(help="Corners of the colour chart in pixels: 'x,y x,y x,y x,y', clockwise from the top left.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not wait for Enter before each face (a simulated device never waits).")] = False,
    correct: Annotated[bool, typer.Option(help="Try corrections when rows fail, proven by new captures.")] = True,
    save_images: Annotated[Path | None, typer.Option(help="Folder for the raw captures of targets (never of fingers).", show_default=False)] = None,
    print_targets: Annotated[Path | None, typer.Option(help="Only write the printable camera targets (PDF) and end.", show_default=False)] = None,
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
    english: English = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Measure a device against the limits; ends in a signed certificate. Exit 1 when the device did not pass."""
    if print_targets is not None:
        from station.calibration_targets import camera_targets_paper
        from station.files import RealFiles

        RealFiles(print_targets.resolve().parent).write(print_targets.name, camera_targets_paper())
        typer.echo(f"{print_targets.name}: print at 100 %, matt paper; measure the 100 mm line before use.")
        return
    from station.keys import Permission

    with opened(data, passphrase_file, as_operator, pin_file, Permission.SERVICE_DEVICES) as station:
        passed = _calibrate(station, device, plan, limits, captures, _conditions(target_serial, target_expires, temperature, note),
                            unsigned=unsigned, marks=marks, yes=yes, correct=correct, save_images=save_images, english=english, as_json=as_json)  # fmt: skip
    if not passed:
        raise typer.Exit(1)


def _conditions(target_serial: str, target_expires: str, temperature: str, note: str) -> Any:
    from datetime import date

    from station.calibrating import Conditions
    from station.errors import InputError

    try:
        day = date.fromisoformat(target_expires).isoformat() if target_expires else ""
    except ValueError as error:
        raise InputError("A day is written 2027-01-31. Nothing was measured.", code="date-format") from error
    return Conditions(target_serial, day, temperature, note)


def _calibrate(station: Opened, wish: str, plan_name: str, limits: str, captures: int, conditions: Any, *, unsigned: bool, marks: str, yes: bool,
               correct: bool, save_images: Path | None, english: bool, as_json: bool) -> bool:  # fmt: skip
    from devices.calibration.plan import TargetStage, plan_for, plan_named
    from station.calibrating import Step
    from station.words import Language

    language = Language.EN if english else Language.VI
    found = _device(station, wish)
    can = found.capabilities
    name = plan_name or plan_for(found.kind, can.ppi, slaps=any(int(p) >= 13 for p in can.positions)).id
    plan = plan_named(name, limits=limits or ("ebts-f-1000" if can.ppi == 1000 and not plan_name else ""), captures=captures)
    signer = None if unsigned else (station.session.signer if station.session else station.keys.signer)
    run = _book(station).begin(found, plan, conditions, signer=signer, technician=station.operator,
                               name=station.session.name if station.session else "", desk="cli")  # fmt: skip
    waits = not yes and not isinstance(found, TargetStage)
    try:
        while run.step is not Step.DONE:
            if run.step is Step.CORRECT and not correct:
                run.sign_as_it_is()
            if run.needs_marks:
                run.mark(_corners(found, run.face.id, marks))
            if waits and run.step in (Step.CLEAN, Step.PLACE, Step.RECAPTURE):
                typer.prompt(_instruction(run, language), default="", show_default=False, prompt_suffix=" ⏎ ", err=True)
            elif not as_json:
                typer.echo(f"· {_instruction(run, language)}", err=True)
            before = run.step
            run.advance()
            if save_images is not None and before in (Step.CAPTURE, Step.RECAPTURE):
                _save(run, save_images)
    finally:
        run.close()
    for row in (*run.rows, ()):
        if row:
            _tell_row(row, language, as_json)
    kept = _book(station).all_of(run.info.identity)[-1] if run.info and run.info.identity else None
    assert kept is not None
    check = _book(station).check(kept.body.device)
    _tell_certificate(kept, check, language, as_json)
    return bool(kept.body.passed)


def _instruction(run: Any, language: Any) -> str:
    from station.views.calibration import calibration_view

    return calibration_view(run).banner.say(language)


def _device(station: Opened, wish: str) -> Any:
    from devices.contract import ImagingDevice
    from station.commands._device_options import Vouching, room
    from station.errors import InputError
    from station.keys.trust import Purpose

    found = list(room(None, [wish], Vouching(makers=station.trust.view(Purpose.DEVICE_MAKERS))).rows())
    usable = [f.device for f in found if isinstance(f.device, ImagingDevice)]
    if len(usable) != 1:
        told = "; ".join(f"{f.info.device_id}: {f.info.error}" for f in found if f.info.error)
        raise InputError(f"Name exactly one scanner or camera with --device; found {len(usable)}. {told} Nothing was measured.".replace("  ", " "),
                         code="calibration-no-device")  # fmt: skip
    return usable[0]


def _corners(device: Any, face: str, marks: str) -> Any:
    from devices.calibration.plan import MarkedStage
    from station.errors import InputError

    if marks:
        try:
            points = [tuple(float(v) for v in pair.split(",")) for pair in marks.split()]
            if len(points) != 4 or any(len(p) != 2 for p in points):
                raise ValueError(marks)
        except ValueError as error:
            raise InputError("Corners are written 'x,y x,y x,y x,y'; nothing was measured.", code="calibration-marks") from error
        return tuple(points)
    if isinstance(device, MarkedStage):
        return device.target_corners(face)
    raise InputError("The colour chart's corners have to be marked: capture once with --save-images, read them off, give them with --marks.",
                     code="calibration-marks")  # fmt: skip


def _save(run: Any, place: Path) -> None:
    from biometrics.formats.raster import write_png
    from station.files import RealFiles

    files = RealFiles(place)
    round_name = "again" if run.corrections.names else "first"
    for face, pictures in run.keepable.items():
        for number, picture in enumerate(pictures, 1):
            name = f"{round_name}-{face}-{number}.png"
            if files.size(name) is None:
                files.write(name, write_png(picture))


def _book(station: Opened) -> Any:
    from station.device_certificates import CertificateBook

    return CertificateBook.of(station.files, station.journal, station.clock, station.keys)


# --- telling -----------------------------------------------------------------------------------------------------------------


def _tell_row(row: Any, language: Any, as_json: bool) -> None:
    from station.views.calibration import limit_text, row_view

    if as_json:
        typer.echo(json.dumps({"test": row.test, "at": row.at, "value": row.value, "spread": row.spread, "unit": row.unit, "low": row.low, "high": row.high,
                               "margin": row.margin, "source": row.source, "verified": row.verified, "verdict": row.verdict.value}, ensure_ascii=False))  # fmt: skip
        return
    shown = row_view(row, language)
    margin = "" if row.margin is None else f"{row.margin:+.4g}"
    note = f"{shown.source} · {shown.verified.say(language)}" if shown.source else shown.verified.say(language)
    typer.echo(f"{shown.words.say(language):38s} {shown.value:>10s} {shown.unit:6s} {limit_text(row, language):>14s} {margin:>10s}  "
               f"{shown.verdict.say(language):14s} {note}")  # fmt: skip


def _tell_certificate(kept: Any, check: Any, language: Any, as_json: bool) -> None:
    from station.words import say

    body = kept.body
    if as_json:
        typer.echo(json.dumps({"certificate": kept.id, "number": body.number, "serial": body.device.serial, "firmware": body.device.firmware,
                               "profile": body.device.profile, "source": body.source.value, "result": "passed" if body.passed else "failed",
                               "finished": body.finished.isoformat(), "expires": body.expires.isoformat(), "previous": body.previous,
                               "corrections": list(body.corrections.names), "signed": kept.signed, "signer": check.signer, "check": check.code,
                               "verified": check.verified}, ensure_ascii=False))  # fmt: skip
        return
    result = say(f"calibration.certificate-{'passed' if body.passed else 'failed'}", language)
    signed = check.signer[:16] if kept.signed else say("certificate.not-a-signature", language)
    typer.echo(f"{body.device.vendor} {body.device.model}  SN {body.device.serial}  firmware {body.device.firmware}  №{body.number}  {result}  "
               f"→ {body.expires:%d/%m/%Y}  {kept.id[:16]}  [{signed}]  {say(check.code, language, **check.values)}")  # fmt: skip


# --- certificate …-------------------------------------------------------------------------------------------------------------


def _of_serial(book: Any, serial: str) -> Any:
    from station.errors import InputError

    found = [d for d in book.devices() if serial in (d.serial, "")]
    if len(found) != 1:
        known = ", ".join(d.serial for d in book.devices()) or "none"
        raise InputError(f"Name one device with --serial; calibrated here: {known}.", code="calibration-no-device")
    return found[0]


def _chosen(station: Opened, file: Path | None, serial: str, keys: list[Path] | None) -> Iterator[tuple[Any, Any]]:
    """Yield (certificate, check): of a file by itself, or the newest of a device with its whole chain."""
    from devices.calibration.certificate import read_certificate
    from station.device_certificates import MAX_FILE_BYTES, calibration_signers, check_alone
    from station.files import RealFiles
    from station.keys import SignerPublic

    book = _book(station)
    if file is None:
        identity = _of_serial(book, serial)
        yield book.newest(identity), book.check(identity)
        return
    kept = read_certificate(RealFiles(file.resolve().parent).read(file.name, MAX_FILE_BYTES))
    signers = calibration_signers(station.keys, station.journal, station.clock.now(), kept.id)
    if keys:
        publics = [SignerPublic.from_bytes(RealFiles(k.resolve().parent).read(k.name, 10_000)) for k in keys]
        signers = {p.key_id: p for p in publics}
    yield kept, check_alone(kept, signers, station.clock.now())


@certificate.command("list")
def certificate_list(
    data: Data = None, passphrase_file: PassphraseFile = None, english: English = False, as_json: Json = False
) -> None:
    """Every device calibrated here, with its newest certificate."""
    from devices.errors import DeviceFormatError
    from station.words import Language, say

    language = Language.EN if english else Language.VI
    with opened(data, passphrase_file) as station:
        book = _book(station)
        for identity in book.devices():
            check = book.check(identity)
            try:
                newest = book.newest(identity)
            except DeviceFormatError:
                newest = None
            if newest is not None:
                _tell_certificate(newest, check, language, as_json)
            elif as_json:
                typer.echo(json.dumps({"serial": identity.serial, "check": check.code, "verified": False}))
            else:
                typer.echo(
                    f"{identity.vendor} {identity.model}  SN {identity.serial}  {say(check.code, language, **check.values)}"
                )


@certificate.command("show")
def certificate_show(file: FileArgument = None, serial: Serial = "", data: Data = None, passphrase_file: PassphraseFile = None,
                     english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """The rows of a certificate, each with its limit, margin, source and whether the limit was verified."""
    from station.words import Language

    language = Language.EN if english else Language.VI
    with opened(data, passphrase_file) as station:
        for kept, check in _chosen(station, file, serial, None):
            for row in kept.body.rows:
                _tell_row(row, language, as_json)
            _tell_certificate(kept, check, language, as_json)


@certificate.command("verify")
def certificate_verify(file: FileArgument = None, serial: Serial = "", key: KeyFiles = None, data: Data = None,
                       passphrase_file: PassphraseFile = None, english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Form, digest, signature, chain, dates. Exit 1 unless the device may enroll on it."""
    from station.words import Language

    with opened(data, passphrase_file) as station:
        for kept, check in _chosen(station, file, serial, key):
            _tell_certificate(kept, check, Language.EN if english else Language.VI, as_json)
            if not check.good:
                raise typer.Exit(1)


@certificate.command("print")
def certificate_print(target: Annotated[Path, typer.Argument(help="PDF to write.")], file: Annotated[Path | None, typer.Option(help="A certificate file.")] = None,
                      serial: Serial = "", data: Data = None, passphrase_file: PassphraseFile = None) -> None:  # fmt: skip
    """The certificate on paper, with plots."""
    from station.calibration_papers import certificate_paper
    from station.files import RealFiles

    with opened(data, passphrase_file) as station:
        for kept, check in _chosen(station, file, serial, None):
            RealFiles(target.resolve().parent).write(target.name, certificate_paper(kept, check))
            typer.echo(f"{target.name}: {kept.id}")
