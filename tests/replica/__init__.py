"""A made-up Counter-Strike season served as HLTV-shaped pages, with the truth as tables."""
