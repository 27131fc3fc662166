"""Slap segmentation: boxes, labels, hand, upright crops."""
