"""Archives to rows: replay captures, run versioned parsers over them, build one snapshot of tables.

Nothing here knows a network; parsers (`parse.sources`) are pure functions of one archived page.
"""
