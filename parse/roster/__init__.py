"""The commands `warchouse roster …`: they look names up in the tables, and write admin data."""
