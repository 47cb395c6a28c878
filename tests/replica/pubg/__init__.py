"""The PUBG side of the replica: made-up matches, their telemetry, their truth, an API that serves them.

Written from `spec/pubg.md`, by other hands than the parsers. Nothing here imports them.
"""
