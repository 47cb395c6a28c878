"""Archives for other tools: an index of captures (CDXJ), or one package of everything (WACZ).

Pure parts stand in `cdxj` (the line of a capture) and `pages` (which captures are pages).
`readable` gives files as others can read them, `index` sorts lines, `wacz` writes the package,
`run` puts them together, `aside` lets a file appear whole or not at all, `cli` is the command.
Each is imported by its full name.
"""
