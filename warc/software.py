"""What the program calls itself: in a warcinfo record, and to the sites it asks."""

SOFTWARE = "Warchouse/0.1"
