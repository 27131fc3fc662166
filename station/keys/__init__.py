"""Signers, sealers, operators, roles, trust stores, the audit chain."""
