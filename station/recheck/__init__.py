"""Re-check of sampled dossiers (comes with its own issue)."""
