"""A small made-up site to practise on: results of chess games, with the truth as rows."""
