"""Viet Nam: number, names, units, card, forms, as dated tables."""
