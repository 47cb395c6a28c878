"""The opened page: it loads nothing, and says what it is."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from parse.trace.page import Banner, Line, Mark, marked_page

BANNER = Banner(
    title='t 1: a = "<b>"',
    summary="1 column",
    facts=(("url", "https://example.org/?a=1&b=2"), ("parser", "x/1")),
    lines=(Line(text="a=1", element=None, remark="null"), Line(text="b=2", link="other.html")),
)


def written(html: str, *elements: int, banner: Banner = BANNER) -> lxml.html.HtmlElement:
    marks = [Mark(element=at, labels=(f"a={at}",)) for at in elements]
    content = marked_page(html.encode(), marks, banner).content
    assert content.startswith(b"\xef\xbb\xbf")
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(content, parser=parser)


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><html><head><title>x</title></head><body><p>1</p></body></html>",
        "<p>1</p>",
        "text first <p>1</p>",
        "<html><script>x</script><p>1</p>",
        "<!-- saved --><html><body class='a > b'><p>1</p>",
        "<HEAD lang=x><META charset=utf-8><p>1</p>",
        "",
    ],
)
def test_the_policy_comes_before_all_else_and_the_banner_first_in_the_body(html: str) -> None:
    tree = written(html)
    first = tree.find("head")[0]
    assert (first.tag, first.get("http-equiv")) == ("meta", "Content-Security-Policy")
    assert first.get("content").startswith("default-src 'none';")
    banner = next(one for one in tree.iter("warchouse-trace"))
    assert "https://example.org/?a=1&b=2" in banner.text_content()
    assert 't 1: a = "<b>"' in banner.text_content()
    before = [one for one in tree.iter("p") if one.getparent() is not None]
    order = list(tree.iter())
    assert all(order.index(banner) < order.index(one) for one in before)


def test_scripts_refreshes_and_early_connections_lose_their_meaning() -> None:
    tree = written(
        "<html><head><meta http-equiv=refresh content='0;url=http://x.test/'>"
        "<link rel='dns-prefetch' href='//x.test'><link rel=canonical href=/a>"
        "<script src=a.js></script><script type=module>b</script></head><p>1"
    )
    assert {one.get("type") for one in tree.iter("script")} == {"text/plain"}
    refreshes = [one for one in tree.iter("meta") if one.get("http-equiv") == "refresh"]
    assert refreshes == []
    assert [one.get("rel") for one in tree.iter("link")] == ["x-warchouse-off", "canonical"]


def test_a_mark_has_a_label_and_an_anchor() -> None:
    html = "<html><head></head><body><div id=own>1</div><p><img src=a>x</p></body></html>"
    # Elements in order: html, head, body, div, p, img.
    tree = written(html, 3, 5)
    (div,) = tree.xpath("//div")
    assert (div.get("data-warchouse"), div.get("id")) == ("a=3", "own")
    (image,) = tree.xpath("//img")
    assert (image.get("data-warchouse"), image.get("id")) == ("", "warchouse-5")
    assert image.getparent().get("data-warchouse-in") == "a=5"


def test_an_id_that_stands_twice_is_no_anchor() -> None:
    html = "<html><head></head><body><i id=x>0</i><div><b id=x>1</b></div></body></html>"
    found = marked_page(html.encode(), [Mark(element=5, labels=("a=1",))], BANNER)
    assert found.anchor == "warchouse-4"  # of the div around it


def test_an_element_that_nobody_wrote_is_marked_at_the_one_around_it() -> None:
    html = "<html><head></head><body><table><tr><td>1</table></body></html>"
    tree = written(html, 4)  # the tbody
    (table,) = tree.xpath("//table")
    assert table.get("data-warchouse") == "a=4"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that notes what it is asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_browser_asks_for_nothing(listener: tuple[str, list[str]], tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no Chromium on the path")
    base, asked = listener
    html = f"""<html><head><base href="{base}/"><meta http-equiv="refresh" content="0;url={base}/r">
    <link rel=stylesheet href="{base}/s.css"><link rel=preload as=image href="{base}/p.png">
    <link rel=prefetch href="{base}/f"><link rel=icon href="{base}/i.ico"><link rel=preconnect href="{base}">
    <style>@import url("{base}/import.css"); body {{ background: url({base}/b.png) }}</style>
    <script src="{base}/x.js"></script><script>fetch("{base}/fetched"); location = "{base}/gone"</script>
    </head><body onload="location='{base}/onload'"><p>1</p><img src="{base}/1.png" onerror="fetch('{base}/e')">
    <iframe src="{base}/frame"></iframe><object data="{base}/o"></object><video src="{base}/v" autoplay></video>
    <form action="{base}/form"><input autofocus></form></body></html>"""
    path = tmp_path / "page.html"
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]

    def shown() -> str:
        done = subprocess.run(
            [*command, "--dump-dom", path.as_uri()],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout

    path.write_text(f'<link rel=stylesheet href="{base}/s.css"><img src="{base}/1.png">')
    shown()
    assert asked, "a page as it is asks for things"
    asked.clear()
    path.write_bytes(marked_page(html.encode(), [], BANNER).content)
    assert "warchouse-trace" in shown()
    assert asked == []
