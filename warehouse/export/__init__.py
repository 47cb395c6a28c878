"""Tables as files of other formats: whole or filtered, streamed, and never half written.

Theory of operation. What is to be written is planned first: each file with the tables it holds. All
files are written beside their places under hidden names; when the last is complete and synced, each
is renamed. A failure or Ctrl+C before that leaves every place as it was. The same snapshot, options
and library versions give the same bytes: rows come in the order of the key, and no clock is read.
"""
