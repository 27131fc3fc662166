"""Barcode, QR and MRZ readers: as a keyboard (`wedge`), on a serial port (`serial_reader`, three MRZ framings in `framing`).

What they read is understood by `devices.scanned`, whichever way it came. May import the contract, transports and profiles.
"""
