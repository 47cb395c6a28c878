"""The online phase: network to archive. Nothing here knows what a page means beyond planning."""
