"""Simulated devices with physics and fault switches; shipped, and marked in everything they make."""
