"""Secrets: how settings name them, in which forms they are found, what is sent where."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fetch.errors import BadAnswer, ConnectionLost, FetchError
from fetch.masked_exchange import masked_exchange, masked_head
from fetch.masking import Masking
from fetch.options import checked_base_url, user_agent
from fetch.secret_forms import forms_of
from fetch.secrets import MASK, MASK_IN_URL, Secrets, mask_log, read_host_headers, refuse_userinfo
from fetch.spool import release
from fetch.transport import Fetched, Request
from tests.secret_traces import FORMS, traces_of
from warc.errors import UsageError
from warc.exchange import Exchange, Resource, SpooledBody, body_chunks, body_size
from warc.head import read_head

FILE = Path("warchouse.toml")
SECRET = "eyJ0/\"<&+=x\\\\y %41 z'~"
HOST = "api.example.org"
AT = datetime(2026, 11, 21, tzinfo=UTC)

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=6, max_size=40)
secret_texts = printable.filter(
    lambda text: text == text.strip() and len(set(text)) > 3 and text.lower() not in MASK.lower()
)


def secrets_of(*values: str, host: str = HOST) -> Secrets:
    return Secrets({host: (("Authorization", f"Bearer {values[0]}"),)}, values)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_masked(form: str) -> None:
    data = b'{"echo":"' + FORMS[form](SECRET) + b'"}'
    masked = secrets_of(SECRET).mask(data)
    assert MASK.encode() in masked
    assert not [trace for trace in traces_of(SECRET) if trace in masked]


@given(secret_texts, st.sampled_from(sorted(FORMS)), st.binary(max_size=30), st.integers(1, 400))
@example("\\\\\\\\\\\\\\\\\\\\ab", "JSON in JSON", b"\\" * 30, 7)
@example("//////a", "JSON, slashes escaped", b"/" * 5, 3)
@settings(max_examples=80)
def test_a_secret_is_found_in_any_form_however_a_stream_is_cut(
    secret: str, form: str, around: bytes, size: int
) -> None:
    secrets = secrets_of(secret)
    data = around + b"\n" + FORMS[form](secret) + b"\n" + around
    masked = secrets.mask(data)
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert secrets.is_in(data)
    assert secrets.is_in(chunks)
    assert b"".join(secrets.mask_chunks(chunks)) == masked
    assert not [trace for trace in traces_of(secret) if trace in masked.replace(around, b"")]


@given(secret_texts, st.lists(st.integers(0, 7), min_size=40, max_size=40))
@settings(max_examples=50)
def test_a_secret_is_found_though_each_character_is_written_in_its_own_way(
    secret: str, ways: list[int]
) -> None:
    names = ("raw", "URL", "URL, lower case", "JSON", "JSON, all escaped", "HTML", "HTML, numbers")
    pairs = zip(secret, ways, strict=False)
    written = b"".join(FORMS[(*names, "JavaScript")[way]](one) for one, way in pairs)
    assert MASK.encode() in secrets_of(secret).mask(b"(" + written + b")")


@given(secret_texts)
@settings(max_examples=30)
def test_no_match_is_longer_than_its_reach(secret: str) -> None:
    longest = "".join(f"\\\\\\\\u0026amp;amp;amp;#x00000{ord(one):x};" for one in secret).encode()
    form = forms_of(secret)[0]
    found = form.pattern.search(longest)
    assert found is None or len(found[0]) <= form.reach_bytes
    assert len(longest) <= form.reach_bytes


def test_other_text_stays_the_same_object() -> None:
    page = b"<p>nothing of the kind, c2VjcmV0 %41 &amp;</p>" * 1000
    assert secrets_of(SECRET).mask(page) is page


def test_what_a_cut_leaves_of_a_secret_is_masked() -> None:
    secrets = secrets_of("a long/secret")
    assert secrets.mask_end(b"<p>a long/sec") == b"<p>" + MASK.encode()
    assert secrets.mask_end(b"<p>a%20long%2Fs") == b"<p>" + MASK.encode()
    assert secrets.mask_end(b"<p>a l") == b"<p>a l"


def test_a_message_that_quotes_a_part_of_a_secret_is_masked() -> None:
    secrets = secrets_of("0123456789abcdef")
    assert secrets.mask_message("bad line: '...3456789abc...'") == f"bad line: '...{MASK}...'"


def test_a_secret_is_not_shown_by_repr() -> None:
    assert SECRET not in repr(secrets_of(SECRET))
    assert not Secrets()


# -- settings ------------------------------------------------------------------------------------


def test_headers_name_variables() -> None:
    table = {
        HOST: {"Authorization": "Bearer $API_KEY", "Accept": "application/json"},
        "localhost:8000": {"Cookie": "a=${ONE}x; b=$TWO; c=$$5"},
    }
    environ = {"API_KEY": "0123456789", "ONE": "one-secret", "TWO": "two-$ONE-secret"}
    secrets = read_host_headers(table, environ, FILE)
    assert dict(secrets.headers_for(f"https://{HOST}/x")) == {
        "Authorization": "Bearer 0123456789",
        "Accept": "application/json",
    }
    assert secrets.headers_for("http://localhost:8000/") == (
        ("Cookie", "a=one-secretx; b=two-$ONE-secret; c=$5"),
    )
    assert secrets.values == ("0123456789", "one-secret", "two-$ONE-secret")
    for url in (f"https://{HOST}:444/", f"https://www.{HOST}/", f"https://{HOST}.evil.org/"):
        assert secrets.headers_for(url) == ()


def test_basic_credentials_are_encoded_and_known_in_all_their_parts() -> None:
    table = {HOST: {"Authorization": "Basic me:$PASSWORD"}}
    secrets = read_host_headers(table, {"PASSWORD": "very secret"}, FILE)
    encoded = base64.b64encode(b"me:very secret").decode()
    assert secrets.headers_for(f"https://{HOST}/") == (("Authorization", f"Basic {encoded}"),)
    given_encoded = read_host_headers(
        {HOST: {"Authorization": "Basic $BOTH"}}, {"BOTH": encoded}, FILE
    )
    for one in (secrets, given_encoded):
        assert one.is_in(b"it is very secret")
        assert one.is_in(encoded.encode())


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (5, "headers must be a table"),
        ({HOST: "x"}, f'headers."{HOST}" must be a table'),
        ({"https://x.org": {}}, "must name a host"),
        ({"me:hunter22@x.org": {}}, "headers must name a host"),
        ({HOST: {"Authorization": "Bearer hunter22"}}, "name a variable"),
        ({HOST: {"Cookie": "sid=hunter22"}}, "name a variable"),
        ({HOST: {"X-API-Key": "hunter22"}}, "name a variable"),
        ({HOST: {"X-Auth-Token": "hunter22"}}, "name a variable"),
        ({HOST: {"Authorization": "$NONE hunter22"}}, "NONE is not set"),
        ({HOST: {"Authorization": "$EMPTY"}}, "EMPTY is not set"),
        ({HOST: {"Authorization": "$SHORT"}}, "SHORT must be of 6 to 4096 characters"),
        ({HOST: {"Authorization": "$LONG"}}, "LONG must be of 6 to 4096 characters"),
        ({HOST: {"Authorization": "$LINES"}}, "LINES holds a character that is not sent"),
        ({HOST: {"Authorization": "$UMLAUT"}}, "UMLAUT holds a character that is not sent"),
        ({HOST: {"Authorization": "$COMMON"}}, "COMMON is no secret"),
        ({HOST: {"User-Agent": "hunter22"}}, "not a header field that may be set"),
        ({HOST: {"Accept-Encoding": "br"}}, "not a header field that may be set"),
        ({HOST: {"X-A": "a\r\nX-B: hunter22"}}, "printable ASCII"),
        ({HOST: {"X A": "hunter22"}}, "not a header field that may be set"),
    ],
)
def test_mistakes_are_named_without_the_secret(table: object, problem: str) -> None:
    environ = {
        "EMPTY": "",
        "SHORT": "x7!q",
        "LONG": "x7!q" * 1025,
        "LINES": "hunter22\n",
        "UMLAUT": "hunter22ü",
        "COMMON": "example",
    }
    with pytest.raises(UsageError) as caught:
        read_host_headers(table, environ, FILE)
    message = str(caught.value)
    assert message.startswith("warchouse.toml: headers")
    assert problem in message
    assert "hunter22" not in message
    assert "x7!q" not in message


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter22@h/",
        "https://hunter22@h",
        "me:hunter22@h",
        "http:\\\\me:hunter22@h",
        "//me:hunter22@h",
        " http://me:hunter22@h",
    ],
)
def test_a_url_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    for refuse in (lambda: refuse_userinfo(url, "list, line 3"), lambda: checked_base_url(url)):
        with pytest.raises(UsageError) as caught:
            refuse()
        assert "hunter22" not in str(caught.value)


def test_an_at_sign_elsewhere_is_no_password() -> None:
    refuse_userinfo("http://h/a@b?c=d@e#f@g", "list")
    assert "me@example.org" in user_agent("me@example.org")
    with pytest.raises(UsageError, match="contact"):
        user_agent("https://me:hunter22@example.org/")


def test_log_lines_are_masked(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "log", encoding="utf-8")
    mask_log(handler, secrets_of(SECRET))
    logger = logging.getLogger("tests.secrets")
    logger.addHandler(handler)
    logger.warning("said %s and %r", SECRET, SECRET)
    try:
        int(SECRET)
    except ValueError:
        logger.exception("failed")
    logger.removeHandler(handler)
    handler.close()
    text = (tmp_path / "log").read_text("utf-8")
    assert text.count(MASK) == 3
    assert SECRET not in text
    assert "Traceback" in text


# -- exchanges -----------------------------------------------------------------------------------


def exchange_of(
    body: bytes = b"",
    fields: str = "",
    *,
    status: str = "200 OK",
    url: str = f"https://{HOST}/",
    asked: str = "",
    truncated: bool = False,
) -> Exchange:
    return Exchange(
        url=url,
        started_at=AT,
        request_head=f"GET / HTTP/1.1\r\nHost: {HOST}\r\n{asked}\r\n".encode(),
        response_head=f"HTTP/1.1 {status}\r\n{fields}\r\n".encode(),
        body=body,
        truncated="disconnect" if truncated else "",
    )


def masked(exchange: Exchange, secret: str = SECRET, *, sent: bool = True) -> Exchange:
    return masked_exchange(exchange, secrets_of(secret), sent=sent)


def test_an_exchange_without_a_secret_stays_the_same() -> None:
    exchange = exchange_of(gzip.compress(b"hello"), "Content-Encoding: gzip\r\n")
    assert masked(exchange) is exchange


CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda data: gzip.compress(data[:20]) + gzip.compress(data[20:]),
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data, wbits=-15),
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_coded_body_that_holds_a_secret_is_stored_decoded(coding: str) -> None:
    body = CODED[coding](b"<p>before " + SECRET.encode() + b" after</p>")
    clean = masked(exchange_of(body, f"Content-Encoding: {coding}\r\nETag: x\r\n"))
    assert clean.body == b"<p>before [masked by Warchouse] after</p>"
    assert f"\r\nX-Orig-Content-Encoding: {coding}\r\nETag: x\r\n\r\n".encode() in (
        clean.response_head
    )
    assert clean.masked == "response"
    assert clean.truncated == ""


def test_a_cut_coded_body_is_searched_as_far_as_it_goes() -> None:
    whole = gzip.compress(SECRET.encode() + bytes(range(256)) * 400)
    clean = masked(exchange_of(whole[:-30], "Content-Encoding: gzip\r\n", truncated=True))
    assert isinstance(clean.body, bytes)
    assert clean.body.startswith(MASK.encode())
    assert clean.truncated == "disconnect"


def test_a_body_is_inflated_up_to_the_damaged_byte() -> None:
    damaged = gzip.compress(SECRET.encode() * 3)[:-8] + b"\0" * 8
    clean = masked(exchange_of(damaged, "Content-Encoding: gzip\r\n"))
    assert clean.body == MASK.encode() * 3
    assert clean.truncated == "unspecified"


def test_a_body_that_is_not_what_its_coding_says_is_masked_as_it_is() -> None:
    clean = masked(exchange_of(b"plain " + SECRET.encode(), "Content-Encoding: gzip\r\n"))
    assert clean.body == b"plain " + MASK.encode()
    assert b"\r\nContent-Encoding: gzip" in clean.response_head


def test_a_body_whose_coding_is_unknown_is_withheld_only_where_a_secret_was_sent() -> None:
    exchange = exchange_of(b"\x0b\x02\x80...", "Content-Encoding: br\r\n")
    withheld = masked(exchange)
    assert body_size(withheld.body) > 0
    assert b"withheld by Warchouse" in b"".join(body_chunks(withheld.body))
    assert withheld.truncated == "unspecified"
    assert masked(exchange, sent=False) is exchange


def test_the_end_of_a_cut_body_is_looked_at() -> None:
    body = b"<p>" + SECRET.encode()[:9]
    assert masked(exchange_of(body, truncated=True)).body == b"<p>" + MASK.encode()
    assert masked(exchange_of(body)).body == body


def test_a_large_body_on_disk_is_masked_across_reads(tmp_path: Path) -> None:
    place = (1 << 20) - 5
    plain = b"-" * place + SECRET.encode() + b"+" * (3 << 20)
    with (tmp_path / "body").open("w+b") as file:
        file.write(plain)
        body = SpooledBody(file, len(plain))
        exchange = masked_exchange(
            replace(exchange_of(), body=body),
            secrets_of(SECRET),
            sent=True,
            folder=tmp_path,
        )
        assert b"".join(body_chunks(exchange.body)) == plain.replace(SECRET.encode(), MASK.encode())
        release(exchange.body)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("HTTP/1.1 200 {}\r\n\r\n", f"HTTP/1.1 200 {MASK}\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\nX-E: a{}b\r\n\r\n", f"HTTP/1.1 200 OK\r\nX-E: a{MASK}b\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\n{}: a\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Masked: a\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\nX: a\r\n {}\r\n\r\n", f"HTTP/1.1 200 OK\r\nX: a\r\n {MASK}\r\n\r\n"),
        ("GET /?k={} HTTP/1.1\r\nA: b\r\n\r\n", f"GET /?k={MASK_IN_URL} HTTP/1.1\r\nA: b\r\n\r\n"),
    ],
)
def test_a_masked_head_is_still_a_head(head: str, expected: str) -> None:
    made = masked_head(head.replace("{}", "a0b1c2d3").encode(), secrets_of("a0b1c2d3"))
    assert made == expected.encode()


@pytest.mark.parametrize(
    "secret", ["HTTP/1.1 200", "1 200 OK", "X-Echo: a", "Server", "GET / HTTP/1.1", "200 OK"]
)
def test_a_head_stays_readable_whatever_the_secret(secret: str) -> None:
    made = masked_head(b"HTTP/1.1 200 OK\r\nX-Echo: a\r\nServer: x\r\n\r\n", secrets_of(secret))
    read = read_head(made, "latin-1")
    assert read is not None
    assert read.first_line.startswith("HTTP/1.1 200 ")
    asked = masked_head(b"GET / HTTP/1.1\r\nX-Echo: a\r\n\r\n", secrets_of(secret))
    assert read_head(asked, "latin-1") is not None


# -- the transport -------------------------------------------------------------------------------


@dataclass(slots=True)
class Echo:
    """A transport that answers with what it is told to, and remembers what it was asked."""

    answer: Callable[[Request], Fetched]
    asked: list[Request] = field(default_factory=list)

    async def fetch(self, request: Request) -> Fetched:
        self.asked.append(request)
        return self.answer(request)

    async def close(self) -> None:
        """Nothing to let go of."""


def fetched(
    masking: Masking, url: str, follows: Callable[[str], bool] = lambda _url: False
) -> Fetched:
    return asyncio.run(masking.fetch(Request(url=url, follows=follows)))


def test_fields_go_to_their_own_host_alone() -> None:
    echo = Echo(lambda request: Fetched(hops=(exchange_of(url=request.url),)))
    masking = Masking(echo, secrets_of(SECRET))
    fetched(masking, f"https://{HOST}/a")
    fetched(masking, "https://other.example.org/a")
    assert [request.headers for request in echo.asked] == [
        (("Authorization", f"Bearer {SECRET}"),),
        (),
    ]


def test_a_browser_may_not_take_the_fields_to_another_origin() -> None:
    echo = Echo(lambda request: Fetched(hops=(exchange_of(url=request.url),)))
    masking = Masking(echo, secrets_of("a0b1c2d3"))
    fetched(masking, f"https://{HOST}/a", follows=lambda _url: True)
    fetched(masking, "https://other.example.org/", follows=lambda _url: True)
    own, other = echo.asked
    assert own.follows(f"https://{HOST}/b")
    assert not own.follows(f"http://{HOST}/b")
    assert not own.follows("https://other.example.org/")
    assert not own.follows(f"https://{HOST}/?k=a0b1c2d3")
    assert other.follows(f"https://{HOST}/b")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (f"http://{HOST}/", "https alone"),
        (f"https://{HOST}/?k=a0b1c2d3", "is not asked for"),
        (f"https://{HOST}/?k={MASK_IN_URL}", "is not asked for"),
        (f"https://{HOST}/?k={MASK}", "is not asked for"),
    ],
)
def test_some_urls_are_not_asked_for(url: str, problem: str) -> None:
    echo = Echo(lambda _request: Fetched(hops=(exchange_of(),)))
    with pytest.raises(BadAnswer, match=problem) as caught:
        fetched(Masking(echo, secrets_of("a0b1c2d3")), url)
    assert "a0b1c2d3" not in str(caught.value)
    assert echo.asked == []


def test_an_error_keeps_its_kind_and_loses_the_secret() -> None:
    def fail(request: Request) -> Fetched:
        raise ConnectionLost("said 'a0b1c2d3' and '0b1c2d3e4'", url=request.url)

    with pytest.raises(FetchError) as caught:
        fetched(Masking(Echo(fail), secrets_of("a0b1c2d3e4f5")), f"https://{HOST}/")
    assert isinstance(caught.value, ConnectionLost)
    assert caught.value.problem == f"said '{MASK}' and '{MASK}'"
    assert caught.value.__cause__ is None


def test_parts_and_what_was_made_of_the_page_are_masked_and_say_so() -> None:
    echoed = SECRET.encode()
    whole = Fetched(
        hops=(exchange_of(b"clean", status="302 Found"), exchange_of(b"clean")),
        parts=(exchange_of(b'{"token":"' + json.dumps(SECRET)[1:-1].encode() + b'"}'),),
        resources=(
            Resource(
                url=f"urn:dom:https://{HOST}/", content_type="text/html", payload=echoed, at=AT
            ),
            Resource(
                url=f"urn:view:https://{HOST}/", content_type="image/png", payload=b"P", at=AT
            ),
        ),
    )
    clean = fetched(Masking(Echo(lambda _request: whole), secrets_of(SECRET)), f"https://{HOST}/")
    assert [hop.masked for hop in clean.hops] == ["", "resource"]
    assert clean.parts[0].body == b'{"token":"' + MASK.encode() + b'"}'
    assert [resource.payload for resource in clean.resources] == [MASK.encode()]


def test_who_admits_a_page_sees_it_masked() -> None:
    seen: list[object] = []

    def answer(request: Request) -> Fetched:
        request.admits(exchange_of(SECRET.encode()))
        return Fetched(hops=(exchange_of(),))

    def admits(exchange: Exchange) -> bool:
        seen.append(exchange.body)
        return True

    request = Request(url=f"https://{HOST}/", admits=admits)
    asyncio.run(Masking(Echo(answer), secrets_of(SECRET)).fetch(request))
    assert seen == [MASK.encode()]


def test_chunks_smaller_than_a_gzip_head_are_read() -> None:
    def drip() -> Iterator[bytes]:
        data = gzip.compress(SECRET.encode())
        yield from (data[place : place + 1] for place in range(len(data)))

    body = SpooledDrip(tuple(drip()))
    exchange = exchange_of(b"", "Content-Encoding: gzip\r\n")
    clean = masked_exchange(replace(exchange, body=body), secrets_of(SECRET), sent=True)
    assert clean.body == MASK.encode()


@dataclass(frozen=True, slots=True)
class SpooledDrip:
    """A body in pieces of any size."""

    pieces: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def chunks(self) -> Iterator[bytes]:
        yield from self.pieces
