"""Long runs that show what docs/durability.md promises: `python -m tests.soak --help`."""
