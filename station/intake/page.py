"""The intake's small page: plain HTML, no script, nothing loaded from anywhere, every value escaped. Vietnamese first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from starlette.responses import Response

from station.intake.service import utc
from station.intake.store import StationRow
from station.words import Language, say

_STYLE: Final = """
body{font:16px/1.5 'Noto Sans',sans-serif;margin:0;background:#EDF0F3;color:#15202B}
header{background:#10303A;color:#fff;padding:12px 24px}main{max-width:860px;margin:24px auto;background:#fff;padding:24px;border-radius:6px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 8px;border-bottom:1px solid #CFD6DE}
input{font:inherit;padding:8px;border:1px solid #738092;border-radius:4px;width:22em}button{font:inherit;padding:8px 16px;border:0;
border-radius:6px;background:#0B5A66;color:#fff}small{color:#465364}.demo{background:#FCEBCB;color:#854600;padding:2px 8px}
:focus-visible{outline:3px solid #0B5A66;outline-offset:2px}
"""
_SILENT_MS: Final = 24 * 3600 * 1000


def _both(code: str) -> str:
    return f"{escape(say(code, Language.VI))} <small lang=en>{escape(say(code, Language.EN))}</small>"


def html(body: str, status: int = 200) -> Response:
    """Return a page with headers that allow nothing but itself."""
    title = escape(say("intake-title", Language.VI))
    text = (
        f"<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title>"
        f"<style>{_STYLE}</style><header>{_both('intake-title')}</header><main>{body}</main></html>"
    )
    return Response(text, status, {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
        "Enrollment-Intake": "1",
    }, media_type="text/html")  # fmt: skip


def front(counts: Mapping[str, Any]) -> str:
    """The first page: look-up and backlog."""
    rows = "".join(
        f"<tr><th>{_both('intake-' + k)}<td id={k}>{int(counts[k])}" for k in ("accepted", "refused", "uploads", "waiting")
    )
    demo = "" if counts["production"] else f"<p class=demo>{_both('intake-demo')}</p>"
    return (
        f"{demo}<form action=/receipt><label for=number>{_both('intake-number')}</label><p><input id=number name=number required "
        f"maxlength=64 autocomplete=off autofocus> <button>{escape(say('intake-find'))}</button></form>"
        f"<h2>{_both('intake-backlog')}</h2><table>{rows}</table><p><a href=/stations>{_both('intake-stations')}</a>"
    )


def found(row: Mapping[str, Any] | None) -> str:
    """A package by its receipt: what the intake holds, nothing about the citizen."""
    back = f"<p><a href=/>{_both('intake-back')}</a>"
    if row is None:
        return f"<p id=result>{_both('intake-not-found')}{back}"
    lines = {"intake-number": row["receipt_number"], "intake-received": utc(row["received"]), "intake-station": row["station"],
             "intake-bytes": str(row["bytes"]), "intake-via": row["via"]}  # fmt: skip
    table = "".join(f"<tr><th>{_both(k)}<td>{escape(v)}" for k, v in lines.items())
    demo = f" <span class=demo>{_both('intake-demo')}</span>" if row["demo"] else ""
    return f"<h2 id=result>{_both('intake-found')}{demo}</h2><table>{table}</table>{back}"


def health(rows: Sequence[StationRow], now: int) -> str:
    """Stations: last sign of life, packages, gaps in their count."""
    head = "".join(f"<th>{_both('intake-' + k)}" for k in ("station", "label", "state", "seen", "accepted", "missing"))
    body = ""
    for row in rows:
        silent = _both("intake-silent") if now - row.seen > _SILENT_MS else ""
        body += (
            f"<tr><td>{escape(row.id)}<td>{escape(row.label)}<td>{escape(row.state)}<td>{utc(row.seen)} {silent}"
            f"<td>{row.packages}<td>{row.missing}"
        )
    return f"<h2>{_both('intake-stations')}</h2><table><tr>{head}{body}</table><p><a href=/>{_both('intake-back')}</a>"
