"""The chip protocol of ICAO Doc 9303 part 10-11: APDU, secure messaging, PACE, BAC, passive/active/chip authentication."""
