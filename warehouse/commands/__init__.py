"""The commands `warchouse tables …`, one module each, imported when it is used."""
