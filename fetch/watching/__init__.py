"""Fetch and parse as processes side by side, so that what is archived is soon in the tables."""
