"""Suprema UniFinger SFM modules: packets of 13 bytes, then raw data; some commands answer twice (finger seen, then the result).

Public names: SfmScanner (the adapter), parse_picture (the picture's own header). Layers as in `devices.serial_ef01`. No command
or parameter number stands here. May import devices.transports, devices.profiles, devices.contract, NumPy.
"""

from devices.serial_sfm.picture import parse_picture
from devices.serial_sfm.scanner import SfmScanner

__all__ = ["SfmScanner", "parse_picture"]
