"""Events, replay, procedure and checks. A dossier is the list of its events; everything else is computed.

Public names (import them from their files, so that start-up stays short):

- `procedure.load_procedure(name) -> Procedure`, `procedure.select_procedure(day, birth)`, `CaptureStep`, `Stage`, `Desk`
- `state.replay(events) -> DossierState`; its values are in `parts`
- `book.DossierBook(journal, clock, session)`: the intents at the counter; `life.Life(book)`: pause, abandon, merge, papers, fee,
  slip, VNeID, revision; `readiness.before_signing / before_sealing`: what is still open
- `memory.MemoryJournal`: a journal for tools, benchmarks and tests; `numbers`: printed numbers with a check digit
- `events`, `kinds`: event identity, hash chain, merge; the kinds of events

May import `station.vietnam`, `station.population`, `station.capture.model`, `devices.contract`, `biometrics`.
"""
