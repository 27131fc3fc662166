"""The purge list in words, for the commands on a journal."""

from __future__ import annotations

from datetime import datetime

from station import retention
from station.commands._opening import line
from station.journal import Journal
from station.views.keeping import keeping_view


def say_list(journal: Journal, now: datetime, as_json: bool) -> None:
    """Print what goes, what stays and why, and the days left; no names of persons."""
    view = keeping_view(retention.survey(journal, now), {}, retention.told_time(journal))
    for row in view.rows:
        why = "; ".join(words.say() for words in row.why)
        line(as_json, f"{row.dossier}  {row.captured:%d/%m/%Y}  {row.when.say()}{'  ' + why if why else ''}", dossier=row.dossier,
             captured=row.captured, age_days=row.age_days, days_left=row.days_left, goes=row.goes, alarm=row.alarm_days,
             why=[words.code.rsplit(".", 1)[-1] for words in row.why])  # fmt: skip
    if not as_json:
        line(False, f"{view.main.say()}. {view.told.say()}")
