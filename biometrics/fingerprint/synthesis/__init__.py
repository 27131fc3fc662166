"""Synthetic fingerprints whose truth is known: fingers, impressions, slaps, persons.

Imports nothing from extraction, matching or quality, so that what plants a fault never shares code with what detects it."""
