"""Fixtures for every room: the reference data beside the project, real peers, and logs that fail a test."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")

# No test judges how fast the machine is, Hypothesis's own limits included (in CI it knows that by itself).
settings.register_profile("house", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


def shared_dir() -> Path | None:
    """Return the folder of reference data (``ENROLLMENT_SHARED`` or ``../shared``), or None where it is absent."""
    given = os.environ.get("ENROLLMENT_SHARED")
    folder = Path(given) if given else ROOT.parent / "shared"
    return folder if (folder / "data").is_dir() else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also run soaks and long fuzzing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is asked to be skipped, each with its reason."""
    for item in items:
        if item.get_closest_marker("all") and not config.getoption("--all"):
            item.add_marker(pytest.mark.skip(reason="long run: ./run test --all"))
        if item.get_closest_marker("shared_data") and shared_dir() is None:
            item.add_marker(pytest.mark.skip(reason="reference data (../shared) is not on this machine"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared/data`; a test that asks for it skips where it is absent."""
    folder = shared_dir()
    if folder is None:
        pytest.skip("reference data (../shared) is not on this machine")
    return folder / "data"


@pytest.fixture(autouse=True)
def fail_on_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest):
    """An unexpected log line of WARNING or more fails the test; `@pytest.mark.allow_log` says it is expected."""
    yield
    if request.node.get_closest_marker("allow_log"):
        return
    bad = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    if bad:
        pytest.fail("unexpected log: " + "; ".join(f"{r.name}: {r.getMessage()}" for r in bad))


def need_peer(what: str, present: bool) -> None:
    """Skip when a real peer is absent; in CI its absence is a failure (nothing may skip there for that)."""
    if present:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing and this is CI: `./run test` must install it")
    pytest.skip(f"{what} is not installed here: `./run test` installs it where it may")
