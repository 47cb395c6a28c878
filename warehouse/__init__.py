"""Rows to tables: row classes, the rules they keep, and snapshots of whole tables.

This room knows neither archives nor parsers. A table is declared once, as a row class
(`warehouse.column.Row`); its Arrow schema, its checks and its documentation are derived from that.
"""
