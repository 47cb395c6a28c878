"""What is done to archives that exist: they are listed, shown, verified, repaired and counted.

Pure parts stand in `findings` (what can be wrong, and how bad that is), `header_rules` and
`http_rules` (what one record's head and message break). All else touches files and is imported by
its full name.
"""
