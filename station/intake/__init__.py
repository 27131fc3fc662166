"""The reference server: verifies, stores once, answers signed receipts (docs/intake.md).

`station intake serve` runs it beside a desktop as well as for a province. It receives by tus, by removable folder, opens every
package to check it, keeps it sealed, and answers with a receipt or a refusal whose reasons have words. May import
`station.package`, `station.keys`, `station.files`; nothing of the station's journal.
"""
