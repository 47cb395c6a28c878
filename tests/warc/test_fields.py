from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.fields import Fields
from warc.head import HeadError, content_length, read_date, read_head

PAIRS = (("WARC-Protocol", "h2"), ("warc-protocol", "tls/1.3"), ("Content-Length", "7"))


def test_every_value_of_a_name_is_kept_in_order() -> None:
    assert Fields(PAIRS).all("Warc-Protocol") == ("h2", "tls/1.3")
    assert tuple(Fields(PAIRS)) == PAIRS


def test_sole_refuses_a_field_that_stands_twice() -> None:
    with pytest.raises(ValueError, match=r"WARC-Protocol stands 2 times"):
        Fields(PAIRS).sole("WARC-Protocol")
    assert Fields(PAIRS).sole("content-length") == "7"
    assert Fields(PAIRS).sole("nothing") is None


def test_first_has_a_default_and_membership_ignores_case() -> None:
    assert Fields(PAIRS).first("x", "none") == "none"
    assert "CONTENT-LENGTH" in Fields(PAIRS)
    assert "x" not in Fields(PAIRS)


@pytest.mark.parametrize(
    ("data", "pairs", "size"),
    [
        pytest.param(b"A b\r\nX: 1\r\nY:2\r\n\r\nrest", (("X", "1"), ("Y", "2")), 18, id="usual"),
        pytest.param(b"A b\nX: 1\nY:2\n\nrest", (("X", "1"), ("Y", "2")), 14, id="bare LF"),
        pytest.param(b"A b\r\nX: 1\r\n  2\r\n\r\n", (("X", "1 2"),), 18, id="folded"),
        pytest.param(b"A b\r\nX : \t1 \r\n\r\n", (("X", "1"),), 16, id="blanks around"),
        pytest.param(b"A b\r\nX: caf\xc3\xa9\r\n\r\n", (("X", "café"),), 17, id="UTF-8"),
        pytest.param(b"A b\r\nX: caf\xe9\r\n\r\n", (("X", "café"),), 16, id="Latin-1"),
        pytest.param(b"A b\r\nX:\r\n\r\n", (("X", ""),), 11, id="empty value"),
    ],
)
def test_a_head_is_read(data: bytes, pairs: tuple[tuple[str, str], ...], size: int) -> None:
    head = read_head(data, "utf-8")
    assert head is not None
    assert (head.first_line, head.fields.pairs, head.size) == ("A b", pairs, size)


def test_a_head_without_its_empty_line_is_none() -> None:
    assert read_head(b"A b\r\nX: 1\r\n", "utf-8") is None


def test_a_line_that_is_no_field_is_refused() -> None:
    with pytest.raises(HeadError, match="not a field: 'nonsense'"):
        read_head(b"A b\r\nnonsense\r\n\r\n", "utf-8")


@pytest.mark.parametrize("text", ["abc", "-1", "+1", "1_0", "", "٣"])
def test_a_length_is_plain_digits(text: str) -> None:
    with pytest.raises(HeadError, match="Content-Length"):
        content_length(Fields((("Content-Length", text),)))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2016", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-11-02", datetime(2016, 11, 2, tzinfo=UTC)),
        ("2016-11-02T03:04:05Z", datetime(2016, 11, 2, 3, 4, 5, tzinfo=UTC)),
        ("2016-11-02t03:04:05z", datetime(2016, 11, 2, 3, 4, 5, tzinfo=UTC)),
        ("2016-11-02T03:04:05.123456789Z", datetime(2016, 11, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2016-11-02T03:04:05+01:00", datetime(2016, 11, 2, 2, 4, 5, tzinfo=UTC)),
    ],
)
def test_dates_of_every_resolution_are_utc(text: str, date: datetime) -> None:
    assert read_date(text) == date


@pytest.mark.parametrize("text", ["yesterday", "2016-13", "0000", "2016-11-02T99:00:00Z"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(HeadError, match="WARC-Date is not a date"):
        read_date(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_head_or_refused(data: bytes) -> None:
    try:
        head = read_head(data, "utf-8")
    except HeadError:
        return
    assert head is None or head.size <= len(data)
