"""The reference server: verifies, stores once, answers signed receipts."""
