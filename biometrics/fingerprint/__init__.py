"""Fingerprints: quality, minutiae, matching, segmentation, synthesis."""
