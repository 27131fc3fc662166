"""The translation catalogue: Vietnamese first, English second."""
