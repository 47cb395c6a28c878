"""Row classes: one per table, its only declaration."""
