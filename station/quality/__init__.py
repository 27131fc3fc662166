"""Batch quality of fingerprint files: rows, tables, conformance with a reference file, histogram and contact sheet.

Public names: `BatchOptions`, `find_images`, `assess_file`, `assess_files` (rows), `rows_to_csv`, `Conformance`, `histogram_png`,
`contact_sheet`. May import `biometrics` and `station.models`. Used by `station assess fingerprint`.
"""

from station.quality.batch import BatchOptions, Row, assess_file, assess_files, csv_header, csv_line, find_images
from station.quality.conformance import Conformance
from station.quality.pictures import contact_sheet, histogram_png

__all__ = [
    "BatchOptions",
    "Conformance",
    "Row",
    "assess_file",
    "assess_files",
    "contact_sheet",
    "csv_header",
    "csv_line",
    "find_images",
    "histogram_png",
]
