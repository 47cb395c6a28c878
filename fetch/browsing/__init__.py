"""What stands behind `fetch.browser`: Chromium's process, its protocol, one visit, its records.

Nothing here imports nodriver; `fetch.browser` hands in the connection it makes.
"""
