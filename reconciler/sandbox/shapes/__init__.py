"""VTEX's JSON, quirks included."""
