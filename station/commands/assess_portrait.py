"""`station assess portrait FILES…`: the 28 measures of ISO/IEC 29794-5, the document's rules, and what to change first."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from biometrics.errors import BiometricsError
from biometrics.formats.iso19794_5 import Edition
from biometrics.portrait import (
    Component,
    Mode,
    PortraitQuality,
    Tier,
    Tools,
    Verdict,
    assess,
    load_profile,
    parse_profile,
    scalar,
    tools,
)
from biometrics.portrait.compare import Embedder, compare_faces
from biometrics.portrait.drawing import draw
from biometrics.portrait.profiles import Profile
from biometrics.portrait.reading import MAX_BYTES, read_portrait
from station.document_picture import picture_from
from station.errors import InputError
from station.files import writing
from station.portrait_packs import PortraitPacks
from station.words import Language, say


class Best(StrEnum):
    """Which networks to use."""

    BEST = "best"
    CASCADES = "0"
    MESH = "1"


class RecordEdition(StrEnum):
    """Editions of ISO/IEC 19794-5 that can be written."""

    E2005 = "2005"
    E2011 = "2011"

    @property
    def edition(self) -> Edition:
        """The record's own mark of the edition."""
        return Edition.E2005 if self is RecordEdition.E2005 else Edition.E2011


@dataclass(frozen=True, slots=True)
class _Task:
    """What the options ask for."""

    profile: Profile
    document: bool
    plot: Path | None
    crop: Path | None
    record: RecordEdition | None
    language: Language
    as_json: bool
    other: NDArray[np.uint8] | None
    embedder: Embedder | None
    written: set[Path] = field(default_factory=set)

    def free(self, folder: Path, source: Path, suffix: str) -> Path:
        """Return a name in `folder` that nothing else of this run has: a.jpg and a.png must not end in one file."""
        target = folder / f"{source.stem}{suffix}"
        if target in self.written:
            target = folder / f"{source.name}{suffix}"
        self.written.add(target)
        return target


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Portraits: JPEG, PNG, BMP or JPEG 2000.")] = None,
    *,
    profile: Annotated[
        str, typer.Option("--profile", help="icao, vn-cccd, vn-passport, custom, or a TOML file of your own.")
    ] = "vn-cccd",
    mode: Annotated[Mode, typer.Option("--mode", help="Looser limits, as the profile says.")] = Mode.STANDARD,
    document: Annotated[
        bool, typer.Option("--document", help="The file is a finished portrait: judge its place and format too.")
    ] = False,
    tier: Annotated[Best, typer.Option("--tier", help="0 = OpenCV's cascades, 1 = face mesh.")] = Best.BEST,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the judgement into this PNG (one file) or folder.")] = None,
    crop: Annotated[
        Path | None,
        typer.Option("--crop", help="Write the document's picture, cropped and within its byte budget, into this folder."),
    ] = None,
    record: Annotated[
        RecordEdition | None,
        typer.Option(
            "--record", help="With --crop: also write the picture as a face record of this edition of ISO/IEC 19794-5 (.fac)."
        ),
    ] = None,
    same_as: Annotated[
        Path | None,
        typer.Option(
            "--same-as", help="Also compare each face with this picture (needs the imported SFace pack; else: not compared)."
        ),
    ] = None,
    conformance: Annotated[
        Path | None,
        typer.Option(
            "--conformance", help="Check the 28 mappings against a CSV (image, component, raw, scalar); no pictures needed."
        ),
    ] = None,
    english: Annotated[bool, typer.Option("--english/--vietnamese", help="Language of the instructions.")] = True,
) -> None:
    """Judge portraits: scores of ISO/IEC 29794-5 and rules of the document, shown apart. Exit 1 when a file cannot be judged."""
    if conformance is not None:
        raise typer.Exit(0 if _conformance(conformance, as_json) else 1)
    if not files:
        raise typer.BadParameter("name at least one portrait, or --conformance CSV")
    if plot is not None and len(files) > 1 and not plot.is_dir():
        raise typer.BadParameter("--plot takes a folder that is there when several portraits are judged")
    if record is not None and crop is None:
        raise typer.BadParameter("--record needs --crop FOLDER: the record holds the cropped picture")
    kit = tools(None if tier is Best.BEST else Tier(int(tier.value)))
    if kit.note and not as_json:
        typer.echo(say("portrait-tier-0", Language.EN if english else Language.VI), err=True)
    other = None if same_as is None else _read(same_as)[0]
    task = _Task(
        _profile(profile, mode), document, plot, crop, record, Language.EN if english else Language.VI, as_json, other,
        None if other is None else PortraitPacks().embedder(),
    )  # fmt: skip
    failed = [path for path in files if not _one(path, kit, task)]
    if failed:
        raise typer.Exit(1)


def _profile(name: str, mode: Mode) -> Profile:
    path = Path(name)
    if path.suffix != ".toml":
        return load_profile(name, mode)
    try:
        if path.stat().st_size > 200_000:
            raise InputError(f"{path.name} is too large for a profile; nothing was judged.", code="file-too-large")
        return parse_profile(path.read_text("utf-8"), mode)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path.name} cannot be read; nothing was judged. Check its name and rights.", code="file-missing"
        ) from error


def _read(path: Path) -> tuple[NDArray[np.uint8], float]:
    """Return the picture and its JPEG quality (NaN where it is no JPEG). Raises InputError with a named code."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name}: more than {MAX_BYTES // 1_000_000} MB", code="file-large")
        read = read_portrait(path.read_bytes())
    except BiometricsError as error:
        raise InputError(f"{path.name}: {error}", code=error.reason_code) from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read", code="file-missing") from error
    return read.image, read.facts.jpeg_quality


def _one(path: Path, kit: Tools, task: _Task) -> bool:
    """Judge one file and say it; False when it cannot be judged (said on stderr, the next file goes on)."""
    try:
        image, jpeg_quality = _read(path)
        start = time.perf_counter()
        quality = assess(image, task.profile, kit=kit, document=task.document, jpeg_quality=jpeg_quality)
        seconds = time.perf_counter() - start
        same = None if task.other is None else compare_faces(image, task.other, kit, task.embedder)
    except (BiometricsError, InputError) as error:
        return _failed(path, error, task)
    row = _row(path, quality, seconds)
    cropped = True
    if task.crop is not None and quality.face is not None:
        try:
            row["crop"] = _write_crop(path, image, quality, task)
        except BiometricsError as error:
            row["crop"] = {"error": error.reason_code}
            cropped = False
            if not task.as_json:
                _failed(path, error, task)
    if same is not None:
        row["same_person"] = {
            "answer": same.sameness.value, "similarity": _number(same.similarity), "threshold": _number(same.threshold),
            "provider": str(same.provider) if same.provider else None, "official": same.official, "why": same.why,
        }  # fmt: skip
    if task.as_json:
        typer.echo(json.dumps(row))
    else:
        _say(row, quality, task.language)
        if same is not None:
            number = "" if math.isnan(same.similarity) else f" ({same.similarity:.3f}, limit {same.threshold:.3f})"
            typer.echo(f"  {say(f'portrait-{same.sameness.value}', task.language)}{number}")
    if task.plot is not None:
        target = task.free(task.plot, path, ".portrait.png") if task.plot.is_dir() else task.plot
        from station.commands.prints import write_picture  # brings what judges fingers

        write_picture(target, draw(image, quality))
    return cropped


def _failed(path: Path, error: BiometricsError | InputError, task: _Task) -> bool:
    """Say why `path` has no answer and return False."""
    if task.as_json:
        typer.echo(json.dumps({"file": path.name, "error": error.reason_code}))
    else:
        words = str(error)
        typer.echo(f"{words if words.startswith(path.name) else f'{path.name}: {words}'} ({error.reason_code})", err=True)
    return False


def _write_crop(path: Path, image: Any, quality: PortraitQuality, task: _Task) -> dict[str, Any]:
    assert task.crop is not None
    assert quality.face is not None
    made = picture_from(image, quality.face, task.profile)
    target = task.free(task.crop, path, ".jpg" if made.file.format == "jpeg" else ".jp2")
    outputs = {target: made.file.data}
    if task.record is not None:
        outputs[task.free(task.crop, path, ".fac")] = made.record(task.record.edition)
    for output, data in outputs.items():
        with writing(output.name):
            task.crop.mkdir(parents=True, exist_ok=True)
            output.write_bytes(data)
    names = [output.name for output in outputs]
    return {
        "file": names[0], "record": names[1] if len(names) > 1 else None, "bytes": len(made.file.data),
        "width": made.pixels.shape[1], "height": made.pixels.shape[0],
        "ssim": round(made.file.ssim, 4), "psnr_db": round(made.file.psnr_db, 2), "outside_share": round(made.outside_share, 4),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _row(path: Path, quality: PortraitQuality, seconds: float) -> dict[str, Any]:
    return {
        "file": path.name,
        "profile": quality.profile.name,
        "mode": quality.profile.mode.value,
        "tier": int(quality.tier),
        "note": quality.note,
        "faces": len(quality.faces),
        "passed": quality.passed,
        "instruction": quality.instruction.value if quality.instruction else None,
        "reasons": [{"instruction": r.instruction.value, "rule": r.rule} for r in quality.reasons],
        "components": {
            c.component.value: {
                "raw": _number(c.raw), "value": c.value, "status": c.status.value, "provider": str(c.provider)
            }
            for c in quality.components
        },
        "rules": {
            r.rule.id: {
                "verdict": r.verdict.value, "value": _number(r.value), "measure": r.rule.measure, "unit": r.rule.unit,
                "source": r.rule.source, "clause": r.rule.clause, "verified": r.rule.verified, "level": r.rule.level.value,
            }
            for r in quality.rules
        },
        "operator_ticks": list(quality.ticks),
        "seconds": round(seconds, 4),
    }  # fmt: skip


def _say(row: dict[str, Any], quality: PortraitQuality, language: Language) -> None:
    verdict = "no face" if quality.face is None else "passes" if quality.passed else "does not pass"
    unknown = sum(r.verdict is Verdict.UNKNOWN for r in quality.rules)
    left_open = f"; {unknown} rules cannot be known with this tier" if unknown else ""
    typer.echo(
        f"{row['file']}: {verdict} {row['profile']} ({row['mode']}), tier {row['tier']}, {row['faces']} face(s){left_open}"
    )
    for reason in quality.reasons:
        typer.echo(f"  > {say(reason.instruction.value, language)}  [{reason.rule}]")
    if quality.face is None:
        return
    typer.echo("  ISO/IEC 29794-5 components (not the document's rules):")
    for c in quality.components:
        value = f"{c.value:3d}  raw {c.raw:10.4f}" if c.value >= 0 else "  -  " + 14 * " "
        typer.echo(f"    {c.component.value:30s} {value}  {c.status.value}")
    typer.echo("  Document rules:")
    for r in quality.rules:
        mark = {Verdict.HOLDS: "ok", Verdict.BROKEN: "NO", Verdict.UNKNOWN: "?"}[r.verdict]
        low = "" if math.isinf(r.rule.minimum) else f"{r.rule.minimum:g} <= "
        high = "" if math.isinf(r.rule.maximum) else f" <= {r.rule.maximum:g}"
        value = "not known" if math.isnan(r.value) else f"{r.value:.3f}"
        checked = "" if r.rule.verified else "  (limit not yet verified)"
        typer.echo(f"    {mark:2s} {r.rule.id:20s} {low}{value}{high} {r.rule.unit}  {r.rule.source}{checked}")
    for tick in quality.ticks:
        typer.echo(f"    [ ] {say(f'portrait-tick-{tick}', language)}  (the officer decides)")


def _conformance(path: Path, as_json: bool) -> bool:
    """Apply the mappings to a table of native values; True when no scalar is off by more than 1."""
    try:
        if path.stat().st_size > 20_000_000:
            raise InputError(f"{path.name} is too large for such a table.", code="file-too-large")
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        pairs = [(Component(row["component"]), float(row["raw"]), float(row["scalar"])) for row in rows]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read; nothing was checked.", code="file-missing") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise InputError(
            f"{path.name} is not a table with image, component, raw and scalar: {error}", code="conformance-table"
        ) from error
    counts = {component: [0, 0, 0] for component in Component}
    for component, raw, expected in pairs:
        distance = abs(scalar(component, raw) - expected)
        counts[component][0 if distance == 0 else 1 if distance <= 1 else 2] += 1
    total = [sum(c[i] for c in counts.values()) for i in range(3)]
    for component, (equal, near, off) in counts.items():
        _count_line(component.value, (equal, near, off), as_json)
    _count_line("total", (total[0], total[1], total[2]), as_json)
    return total[2] == 0 and sum(total) > 0


def _count_line(name: str, counts: tuple[int, int, int], as_json: bool) -> None:
    equal, near, off = counts
    if as_json:
        typer.echo(json.dumps({"component": name, "equal": equal, "within_1": near, "off": off}))
    else:
        typer.echo(f"{name:30s} equal {equal:4d}   within 1 {near:4d}   off {off:4d}")
