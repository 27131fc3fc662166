"""What stands on the counter, without its window: dossiers, capture, journal, packages, queue, intake."""
