"""A certificate on paper, with plots. Plain facts in, PDF bytes out; the same certificate and check give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from devices.calibration.certificate import Certificate, CertificateBody
from devices.calibration.model import Row, Verdict
from devices.contract import Source
from station.device_certificates import Check
from station.vietnam.papers.sheet import Sheet
from station.views.base import Words
from station.views.calibration import RowView, limit_text, row_view
from station.words import Language, say

BOTH: Final = (Language.VI, Language.EN)
PLOT_HEIGHT_MM: Final = 52.0


def certificate_paper(certificate: Certificate, check: Check) -> bytes:
    """Return the certificate as PDF (A4), in Vietnamese with English below; says plainly what it is not."""
    body = certificate.body
    simulated = body.source is not Source.DEVICE
    footer = f"{say('certificate.id')}: {certificate.id}"
    sheet = Sheet(say("certificate.title"), demo=simulated, footer=footer)
    sheet.paragraph(say("certificate.title"), size=15, bold=True)
    sheet.paragraph(say("certificate.title", Language.EN), size=9)
    if simulated:
        sheet.paragraph(_both("certificate.simulated"), size=10, bold=True)
    if not certificate.signed:
        sheet.paragraph(_both("certificate.not-a-signature").upper(), size=12, bold=True)
    for code, value in _facts(certificate, check):
        sheet.row(_both(code), value, size=8.5, label_width=94)
    sheet.y += 3
    _table(sheet, body.rows)
    if any(not r.verified and r.verdict is not Verdict.TOLD for r in body.rows):
        for language in BOTH:
            sheet.paragraph(say("certificate.unverified-note", language), size=7.5)
    _plots(sheet, body)
    if body.rows_before:
        sheet.paragraph(_both("certificate.before"), size=10, bold=True)
        _table(sheet, [r for r in body.rows_before if not r.passed])
    sheet.qr(sheet.margin, _below(sheet, 24), f"calibration:{certificate.id}", side=22)
    return sheet.finish()


def _both(code: str) -> str:
    return f"{say(code)} / {say(code, Language.EN)}"


def _facts(certificate: Certificate, check: Check) -> list[tuple[str, str]]:
    body = certificate.body
    device = body.device
    corrections = body.corrections
    names = ", ".join(corrections.names)
    if corrections.names and (corrections.scale_x, corrections.scale_y) != (1.0, 1.0):
        names += f" (x {corrections.scale_x:.4f}, y {corrections.scale_y:.4f})"
    result = "calibration.certificate-passed" if body.passed else "calibration.certificate-failed"
    signer = (
        f"{check.signer[:16]}… · {Words(check.code, check.values).say()}"
        if certificate.signed
        else _both("certificate.not-a-signature")
    )
    return [
        ("certificate.number", f"{body.number}   ({body.station})"),
        ("certificate.device", f"{device.vendor} {device.model}"),
        ("calibration.line.serial", device.serial),
        ("calibration.line.firmware", device.firmware),
        ("calibration.line.profile", device.profile or "–"),
        ("certificate.result", _both(result)),
        ("certificate.valid", f"{body.finished:%d/%m/%Y} – {body.expires:%d/%m/%Y}"),
        ("calibration.line.limits", body.limits),
        ("calibration.line.target", " ".join(t for t in (body.target, body.target_serial, body.target_expires) if t) or "–"),
        ("calibration.line.environment", " ".join(t for t in (body.temperature, body.note) if t) or "–"),
        ("certificate.corrections", names or _both("certificate.none")),
        ("certificate.technician", " ".join(t for t in (body.technician, body.technician_name) if t) or "–"),
        ("calibration.line.previous", body.previous or "–"),
        ("certificate.signer", signer),
    ]


def _table(sheet: Sheet, rows: Sequence[Row]) -> None:
    heads = [say(f"certificate.column.{n}") for n in ("test", "value", "limit", "margin", "source", "verdict")]
    judged = [r for r in rows if r.verdict is not Verdict.TOLD]  # what has no limit stands in the plots and in the file
    sheet.table([64, 24, 22, 20, 28, 20], heads, [_cells(r) for r in judged], size=7.5)


def _cells(row: Row) -> list[str]:
    shown = row_view(row)
    margin = "" if row.margin is None else f"{row.margin:+.4g}".replace(".", ",")
    source = f"{shown.source} · {shown.verified.say()}" if shown.source else shown.verified.say()
    return [
        f"{shown.words.say()} / {shown.words.say(Language.EN)}",
        f"{shown.value} {shown.unit}".strip(),
        _plain_signs(limit_text(row)),
        margin,
        source,
        _verdict(shown),
    ]


def _plain_signs(text: str) -> str:
    """Noto Sans has no ≤ and ≥."""
    return text.replace("≤", "<=").replace("≥", ">=")


def _verdict(shown: RowView) -> str:
    return f"{shown.verdict.say()} / {shown.verdict.say(Language.EN)}"


def _below(sheet: Sheet, height: float) -> float:
    sheet.room(height)
    return sheet.y


def _plots(sheet: Sheet, body: CertificateBody) -> None:
    ctf = [
        (name, [r for r in body.rows if r.test == name and r.at is not None and r.value is not None])
        for name in ("ctf-x", "ctf-y")
    ]
    sfr = [("sfr-centre", [r for r in body.rows if r.test == "sfr-centre" and r.at is not None and r.value is not None])]
    for title, curves in (("certificate.plot.ctf", ctf), ("certificate.plot.sfr", sfr)):
        if any(len(rows) > 2 for _, rows in curves):
            sheet.room(PLOT_HEIGHT_MM + 14)
            sheet.y += 6
            sheet.text(sheet.margin, _both(title), size=9, bold=True)
            _curves(sheet, curves)
            sheet.y += PLOT_HEIGHT_MM + 8
    _bars(sheet, [r for r in body.rows if r.at is None and r.value is not None and r.margin is not None])


def _curves(sheet: Sheet, curves: Sequence[tuple[str, Sequence[Row]]]) -> None:
    """Draw measured curves (solid, dashed) and the limit (dotted grey) into a frame below the cursor."""
    left, top, width = sheet.margin + 8, sheet.y + 2, sheet.width - 2 * sheet.margin - 16
    right_at = max(r.at or 0.0 for _, rows in curves for r in rows)

    def place(at: float, value: float) -> tuple[float, float]:
        return left + width * at / right_at, top + PLOT_HEIGHT_MM * (1 - min(1.1, max(0.0, value)) / 1.1)

    sheet.box(left, top, width, PLOT_HEIGHT_MM)
    for tick in range(0, 11, 2):
        _, y = place(0, tick / 10)
        sheet.rule(y, left, left + 1.2)
        sheet.text(left - 1, f"{tick / 10:.1f}".replace(".", ","), size=6, align="right", y=y + 0.8)
    for row in max((rows for _, rows in curves), key=len):
        x, _ = place(row.at or 0.0, 0)
        sheet.text(x, f"{row.at:g}".replace(".", ","), size=6, align="centre", y=top + PLOT_HEIGHT_MM + 3)
    for number, (name, rows) in enumerate(curves):
        sheet.line([place(r.at or 0.0, r.value or 0.0) for r in rows], dash=(2.5, 1.2) if number else ())
        floor = [place(r.at or 0.0, r.low) for r in rows if r.low is not None]
        if not number and len(floor) > 1:
            sheet.line(floor, dash=(0.6, 1.4), grey=0.45)
        if rows:
            sheet.text(left + width - 2, f"{'- -' if number else '—'} {name}", size=6.5, align="right", y=top + 4 + 3.2 * number)


def _bars(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Draw each row's margin as on the screen: the band of what is allowed, and where the value stands."""
    if not rows:
        return
    sheet.room(12 + 4.2 * min(len(rows), 8))
    sheet.y += 6
    sheet.text(sheet.margin, _both("certificate.plot.margin"), size=9, bold=True)
    sheet.y += 2
    for row in rows:
        sheet.room(4.2)
        sheet.y += 4.2
        shown = row_view(row)
        sheet.text(sheet.margin, shown.words.say(), size=7)
        left, width = sheet.margin + 66, 80.0
        sheet.rule(sheet.y - 1, left, left + width)
        sheet.box(left + width * shown.band[0], sheet.y - 2.2, width * (shown.band[1] - shown.band[0]), 2.4)
        if shown.position is not None:
            sheet.dot(left + width * shown.position, sheet.y - 1, diamond=row.verdict is Verdict.FAIL)
        sheet.text(left + width + 3, f"{shown.value} {shown.unit}".strip(), size=7)
    sheet.y += 3
