"""Folder devices: image files replayed as a scanner and a camera, live frames included. Their samples are marked `file`."""
