"""Pages in JSON: where in a document a column's values stand, and the document with marks.

The HTML of a page is watched while it is parsed; JSON is decoded at once, and a file of telemetry
has 60,000 events. So the document is made small first, by causality like everything else: `units`
can be left out, `thinning` leaves out all that a row does not stand on, `trials` says what becomes
of the row, `marking` changes what remains value by value (`edits`). `text` knows where values
stand, `shown` writes the page. Nothing here knows of any source.
"""
