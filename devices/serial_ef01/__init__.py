"""Fingerprint modules of the EF01 family (GROW, ZFM, Synochip): R30x, R50x, FPM10A, AS608, ZFM and their clones.

Public names: Ef01Scanner (the adapter), identify (which firmware is it?). Layers: `framing` (packets) → `commands` (semantic names
through the firmware profile, retries) → `upload` (a whole picture or none) → `scanner` (the device contract). No opcode stands
here: all come from `firmware_profiles/`. May import devices.transports, devices.profiles, devices.contract, NumPy.
"""

from devices.serial_ef01.probe import identify
from devices.serial_ef01.scanner import Ef01Scanner

__all__ = ["Ef01Scanner", "identify"]
