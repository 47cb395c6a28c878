"""From a row of a table back to the archive: which capture, which page element, and why that one.

Nothing in parsers or assemblers says which column comes from where. It is found out by causality:
`lineage` assembles a row's root again and again with one extracted field changed at a time, and
`marking` parses a page again with one text or attribute changed at a time; what changes in the
result was made of it (docs/adr/0013). `archive` reads what the snapshot says is archived, `bundle`
merges it as the build does, `decisions` says which captures stood against each other, `rows` puts
a row's trace together, `printing` shows it, `page` writes the archived page with its marks. Pages
in JSON are the business of `documents` (docs/adr/0024).
"""
