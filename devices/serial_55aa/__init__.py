"""Fingerprint modules of the 55AA family (ADH-Tech GT-511C1R/C3, GT-521F32/F52): little-endian, 12 bytes a message.

Public names: Gt5Scanner (the adapter). Layers as in `devices.serial_ef01`: `framing` → `commands` → `scanner`; no opcode stands
here. May import devices.transports, devices.profiles, devices.contract, NumPy.
"""

from devices.serial_55aa.scanner import Gt5Scanner

__all__ = ["Gt5Scanner"]
