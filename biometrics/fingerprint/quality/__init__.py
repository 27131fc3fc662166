"""Fingerprint quality: the NFIQ 2 measures (ISO/IEC 29794-4), the unified score, reasons a person can act on."""
