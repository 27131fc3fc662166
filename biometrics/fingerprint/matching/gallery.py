"""1:N search over the templates of a station's day or a province."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.fingerprint.matching.compare import Comparison, compare
from biometrics.fingerprint.minutiae.template import Template


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate of a search: the name it was added under and the comparison with it."""

    name: str
    comparison: Comparison


class Gallery:
    """Templates under names; not safe to change from two threads at once."""

    def __init__(self) -> None:
        self._templates: dict[str, Template] = {}

    def __len__(self) -> int:
        return len(self._templates)

    def __contains__(self, name: str) -> bool:
        return name in self._templates

    def add(self, name: str, template: Template) -> None:
        """Add or replace the template called `name`."""
        self._templates[name] = template

    def remove(self, name: str) -> None:
        """Remove the template called `name`. Raises KeyError when there is none."""
        del self._templates[name]

    def search(self, probe: Template, k: int = 10) -> list[Hit]:
        """Return the `k` best hits, best first."""
        hits = [Hit(name, compare(probe, template)) for name, template in self._templates.items()]
        return sorted(hits, key=lambda hit: -hit.comparison.score)[:k]
