from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.surt import surt

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "warc"


def _vectors(group: str) -> list[tuple[str, str]]:
    path = SAMPLES / "iipc__urlcanon" / "testdata" / "surt.json"
    if not path.exists():
        return []
    return list(json.loads(path.read_text(encoding="utf-8"))[group].items())


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
def test_the_vectors_of_the_internet_archive_hold() -> None:
    differing = [
        (url, surt(url), want) for url, want in _vectors("defaultIASurt") if surt(url) != want
    ]
    assert differing == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
@pytest.mark.parametrize("group", ["Canonicalizer.DefaultIA", "Canonicalizer.IA"])
def test_canonical_urls_have_the_surt_of_their_original(group: str) -> None:
    differing = [
        (url, surt(url), surt(want)) for url, want in _vectors(group) if surt(url) != surt(want)
    ]
    # The canonical form's scheme has the default port of the other one: not ours to keep.
    assert [url for url, _, _ in differing if ":" not in url.removeprefix("http")[3:]] == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
def test_a_third_partys_index_has_our_keys() -> None:
    path = SAMPLES / "internetarchive__CDX-Writer" / "expected_cdx.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        keys = [row["surt"] for row in csv.DictReader(file, delimiter="\t")]
    for key in keys:
        host, _, rest = key.partition(")")
        if rest and ":" not in host:
            url = f"http://{'.'.join(reversed(host.split(',')))}{rest}"
            assert surt(url).lower() == key.lower()


@given(st.text(max_size=60))
def test_any_text_has_a_key(text: str) -> None:
    assert surt(text)


@given(st.from_regex(r"https?://[a-z]{1,5}\.[a-z]{2,3}/[a-zA-Z0-9/._~%&=-]{0,20}", fullmatch=True))
def test_the_key_of_a_url_ignores_scheme_www_and_fragment(url: str) -> None:
    plain = url.split("://")[1]
    assert surt(f"http://www.{plain}#top") == surt(f"https://{plain}")
