"""Capture sessions: a device, quality and acceptance."""
