"""Prints the list of adapters that the contract suite ran, and the fault matrix, at the end of the run."""

from __future__ import annotations

import pytest

MATRIX: pytest.StashKey[list[str]] = pytest.StashKey()


@pytest.fixture(scope="session")
def matrix(request: pytest.FixtureRequest) -> list[str]:
    """Lines of the fault matrix, printed at the end."""
    return request.config.stash.setdefault(MATRIX, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which adapters passed how many checks of the contract."""
    counts: dict[str, dict[str, int]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            if (
                "contract/test_contract.py" in report.nodeid
                and "[" in report.nodeid
                and getattr(report, "when", "call") == "call"
            ):
                name = report.nodeid.rpartition("[")[2].rstrip("]")
                counts.setdefault(name, {}).setdefault(outcome, 0)
                counts[name][outcome] += 1
    if counts:
        terminalreporter.section(f"device contract: {len(counts)} adapters")
        for name, by_outcome in sorted(counts.items()):
            terminalreporter.write_line(f"{name:28s} " + ", ".join(f"{n} {o}" for o, n in by_outcome.items()))
    for line in config.stash.get(MATRIX, []):
        terminalreporter.write_line(line)
