"""The encrypted, append-only store of events and blobs."""
