"""Sealing, opening and exporting packages (docs/package-format.md)."""
