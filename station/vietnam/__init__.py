"""Viet Nam's rules and lists: number, names, dates, units, fields, code lists, fees, deadlines, validity, forms.

Rules are pure functions; what the state may change (fees, deadlines, code lists, units, forms) is dated data in `data/` with a
source and a `verified` flag. May import `station.errors` only; knows nothing of dossiers or devices.
"""
