"""GPS receivers that speak NMEA 0183: `sentences` checks and reads lines, `receiver` is the contract. Reads GGA and RMC."""
