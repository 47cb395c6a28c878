"""Measurements: each a ratio within one run, against a peer or a floor."""
