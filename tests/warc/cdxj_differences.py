"""Where our index of a sample differs from that of `cdxj-indexer --sort`, and why.

docs/archives.md prints this; test_export_cdxj.py measures it file by file.
"""

from __future__ import annotations

REASONS = {
    "not whole": "A record that is cut, or whose bytes do not give its digest, is in our index never; "
    "in theirs it is.",
    "stops": "Theirs ends with an error at damage; ours has the good records before and behind it.",
    "one member": "Many records in one gzip member: theirs ends with an error; ours leaves them out, "
    "because no offset leads to them, and says so.",
    "spelling": "A record type in capital letters, or in a folded field, is the same type to us.",
}

JHOVE = "openpreserve__jhove/jhove-ext-modules/src/test/resources/warc/"
SMALL = "internetarchive__CDX-Writer/tests/small_warcs/"

DIFFERENCES: dict[str, tuple[str, int, int]] = {
    "corrupt/04-bitflip-deflate.warc.gz": ("stops", 2, 0),
    "corrupt/06-payload-changed.warc.gz": ("not whole", 0, 1),
    "corrupt/08-onegzip.warc.gz": ("one member", 0, 0),
    "corrupt/10-clen-short.warc.gz": ("not whole", 0, 1),
    "corrupt/14-trailing-garbage.warc.gz": ("stops", 3, 0),
    "corrupt/22-missing-record-id.warc.gz": ("not whole", 0, 1),
    SMALL + "bracket_in_target_uri.warc.gz": ("not whole", 0, 1),
    SMALL + "negative_content_length.arc.gz": ("not whole", 0, 1),
    SMALL + "space_in_target_uri.warc.gz": ("not whole", 0, 1),
    JHOVE + "invalid-warcfile-contenttype-recommended.warc": ("not whole", 0, 1),
    JHOVE + "invalid-warcfile-digest-fields.warc": ("not whole", 0, 2),
    JHOVE + "invalid-warcheaderfieldpolicy-3.warc": ("not whole", 0, 1),
    JHOVE + "invalid-warcheaderfieldpolicy-4.warc": ("not whole", 0, 1),
    JHOVE + "invalid-warcrecord-3.warc": ("stops", 3, 0),
    JHOVE + "invalid-warcrecorddigests-1.warc": ("not whole", 0, 6),
    JHOVE + "invalid-warcrecorddigests-2.warc": ("not whole", 0, 2),
    JHOVE + "invalid-warcrecorddigests-3.warc": ("not whole", 0, 2),
    JHOVE + "valid-warcfile-fields-metainfo.warc": ("spelling", 1, 0),
    JHOVE + "valid-warcfile-upper-lower-case.warc": ("spelling", 2, 0),
    JHOVE + "valid-warcfile-upper-lower-case.warc.gz": ("spelling", 2, 0),
    "webrecorder__cdxj-indexer/test/data/bad.arc": ("not whole", 0, 2),
    "webrecorder__cdxj-indexer/test/data/example.warc.gz": ("not whole", 0, 2),
    "webrecorder__pywb/sample_archive/warcs/bad.arc": ("not whole", 0, 2),
    "webrecorder__pywb/sample_archive/warcs/example-extra.warc": ("not whole", 0, 1),
    "webrecorder__pywb/sample_archive/warcs/missing-status-text.warc": ("not whole", 0, 1),
    "webrecorder__warcio/test/data/bad.arc": ("not whole", 0, 2),
    "webrecorder__warcio/test/data/example-bad-non-chunked.warc.gz": ("one member", 0, 0),
    "webrecorder__warcio/test/data/example-space-in-url.arc": ("not whole", 0, 1),
    "webrecorder__warcio/test/data/example-trunc.warc": ("not whole", 0, 1),
    "webrecorder__warcio/test/data/example-wrong-chunks.warc.gz": ("stops", 0, 0),
}
"""By sample: why, how many lines only we have, how many only they have."""
