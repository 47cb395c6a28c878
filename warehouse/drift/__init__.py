"""Drift: whether a site still says what it used to say, told from the tables of one snapshot.

`pages` puts the captures in order of time, `signals` counts what they gave, `detect` (pure) tells a
change from noise, `callouts` finds the first capture that shows it, `months` sums up, `worst` says
what of it people see first, `report` puts it together; `show`, `page` and `cli` are for people.
docs/drift.md has the rules and their numbers.
"""
