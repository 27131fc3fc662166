"""Readers and writers of biometric records: ISO/IEC 19794 and 39794, ANSI/NIST, CBEFF, WSQ, JPEG 2000.

Every parser takes `bytes`, bounds each length before use, and raises `FormatError` and nothing else."""
