"""Campaign planning (comes with its own issue)."""
