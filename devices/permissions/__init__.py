"""Permissions and drivers on Linux: the udev rules that are shipped, and what the doctor looks at. Changes nothing by itself."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

RULES_NAME: Final = "60-enrollment-station.rules"


def udev_rules() -> str:
    """Return the text of the udev rules file."""
    return files(__package__).joinpath(RULES_NAME).read_text("utf-8")
