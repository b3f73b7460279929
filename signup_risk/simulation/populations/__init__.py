"""Legitimate populations, the ones that look like farms included."""
