"""Population look-up: the interface and a simulator."""
