"""A window that dies at any step of an enrollment goes on at that step: the first primary key leads there, nothing that was done is asked again.

The child is stopped (SIGSTOP) at each step and its folder copied: these are the files that a kill -9 at that moment leaves. At the end it
is killed for real.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.ui.driver import Clerk

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Step:
    """Where the child was: its page, how many captures were accepted, how many signatures there were."""

    name: str
    page: str
    done: int
    signed: int


def test_a_killed_window_goes_on_at_the_step_where_it_was(qapp: object, tmp_path: Path) -> None:
    steps = _enroll(tmp_path / "demo", tmp_path)
    assert [s.name for s in steps] == [
        "called", "decided", "fingers", "one-capture", "portrait", "review", "applicant-signed", "sealed"
    ]  # fmt: skip
    for step in steps:
        _goes_on(tmp_path / step.name, step)


def _enroll(folder: Path, copies: Path) -> list[Step]:
    """Run the child through; leave a copy of its folder for each step."""
    child = subprocess.Popen([sys.executable, "-m", "tests.ui.one_enrollment", str(folder)], cwd=ROOT, start_new_session=True, text=True,
                             env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    steps: list[Step] = []
    try:
        while not steps or steps[-1].name != "sealed":
            words = child.stdout.readline().split()
            assert len(words) == 4, words
            steps.append(Step(words[0], words[1], int(words[2]), int(words[3])))
            os.killpg(child.pid, signal.SIGSTOP)
            os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
            shutil.copytree(folder, copies / steps[-1].name)
            os.killpg(child.pid, signal.SIGCONT)
            if steps[-1].name != "sealed":
                child.stdin.write("\n")
                child.stdin.flush()
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdin.close()
        child.stdout.close()
    shutil.rmtree(copies / "sealed")
    folder.rename(copies / "sealed")  # the last one is the killed one itself
    return steps


def _goes_on(folder: Path, step: Step) -> None:
    clerk = Clerk(folder)
    try:
        view = clerk.home.view
        assert view is not None
        assert view.following == view.rows[0].key, f"{step.name}: the interrupted dossier comes first"
        clerk.key("F12")
        expected = "FinishScreen" if step.name == "sealed" else step.page
        clerk.until(lambda: clerk.page == expected, 30)
        (state,) = clerk.counter.station.book.states()
        assert sum(state.done(s) for s in state.procedure.steps) >= step.done, step.name
        assert len(state.signatures) == step.signed, step.name
        if step.name == "decided":
            clerk.until(lambda: clerk.lookup.view is not None and not clerk.lookup.view.open_fields, 30)
        if step.name == "portrait":
            clerk.until(lambda: clerk.portrait.decide, 30)
        if step.name == "applicant-signed":
            clerk.until(lambda: clerk.review.next == "operator", 30)
    finally:
        clerk.close()
