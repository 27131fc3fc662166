"""Alembic migrations of the intake's database; run by `station.intake.store.Store` when it opens. Never edited once released."""
