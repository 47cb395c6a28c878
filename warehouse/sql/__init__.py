"""SQL over one snapshot: DuckDB, locked so that it can read these tables and do nothing else."""
