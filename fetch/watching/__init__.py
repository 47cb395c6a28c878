"""Fetch and parse as processes side by side, so that what is archived is soon in the tables.

`watch.py` has the loop, `plan.py` (pure) what the end of a child means, `commands.py` what is run.
"""
