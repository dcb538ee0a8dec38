# SPDX-License-Identifier: Apache-2.0
"""Article pages: text, walls, and robots.txt."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import anyio
import pytest

from monitor.fetch import Client, ClientSettings
from monitor.pages import PageReader, PageText, Robots, extract_page, robots_allow, wanted
from monitor.workers import run_in_worker
from tests.loopback import answer, serving

SENTENCES = (
    "The ministry said on Monday that about 10,000 soldiers had reached the border region.",
    "A spokesman told reporters in the capital that their training would take several weeks.",
    "Two allied governments had named a lower figure of 8,000 only four days before.",
    "None of the figures could be checked by independent observers on the ground so far.",
)
ARTICLE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(article: str, *, head: str = "") -> bytes:
    """Return a page as sites make them: navigation, article, sidebar, footer."""
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>Border – The Daily</title>
    {head}</head><body><nav><a href="/">Home</a> <a href="/w">World</a></nav>
    <main><article><h1>Border</h1>{article}</article></main>
    <aside><p>Most read: Ten recipes for a rainy day and other stories you may like.</p></aside>
    <footer>About us. Imprint. Cookie settings.</footer></body></html>""".encode()


def extract(body: bytes, content_type: str | None = "text/html") -> PageText | None:
    """Extract a page's text."""
    return extract_page(body, url="https://x.example/a", content_type=content_type)


def test_the_article_is_found_and_the_rest_left_out() -> None:
    """Every sentence of the article, nothing of navigation, sidebar and footer."""
    found = extract(page(ARTICLE))
    assert found is not None
    assert all(sentence in found.text for sentence in SENTENCES)
    assert not any(word in found.text for word in ("recipes", "Imprint", "World"))


def test_headline_and_date_come_from_the_head() -> None:
    """Declared metadata, no guessing."""
    head = (
        '<meta property="og:title" content="Border &amp; beyond">'
        '<meta property="article:published_time" content="2024-11-04T12:00:00+02:00">'
    )
    found = extract(page(ARTICLE, head=head))
    assert found is not None
    assert (found.title, found.published) == (
        "Border & beyond",
        datetime(2024, 11, 4, 10, tzinfo=UTC),
    )


def test_a_page_without_metadata_has_its_title_and_no_date() -> None:
    """The `title` element is the last resort; a bad date is none."""
    head = '<meta property="article:published_time" content="yesterday">'
    found = extract(page(ARTICLE, head=head))
    assert found is not None
    assert (found.title, found.published) == ("Border – The Daily", None)


CONSENT = """<p>We and our partners store cookies on your device. Accept all or reject all.
You can change your preferences or withdraw your consent at any time; see our privacy policy for
how we and others use your data for personalised ads and content measurement.</p>"""


LONG_CONSENT = """<p>Vendors may store or access information on a device under a legitimate
interest or with your consent.</p><p>Our partners use cookies to measure how content performs, as the
privacy policy says in more detail.</p><p>Manage your choices for each of the vendors below, or accept
all of them at once.</p><p>Personalised ads are shown where you gave your consent to our partners.</p>
"""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(page("<p>Tiny.</p>"), "text/html", id="too-short"),
        pytest.param(page(CONSENT), "text/html", id="consent"),
        pytest.param(
            page(
                f"<p>{SENTENCES[0]} {SENTENCES[1]}</p><p>Subscribe to continue reading.</p>"
                "<p>Already a subscriber? Log in here to read the rest of it.</p>"
            ),
            "text/html",
            id="paywall",
        ),
        pytest.param(page(CONSENT + LONG_CONSENT * 3), "text/html", id="long-consent"),
        pytest.param(
            page(
                "<p>Wir und unsere Partner nutzen Cookies. Alle akzeptieren oder ablehnen. Ihre "
                "Einwilligung können Sie jederzeit widerrufen; Näheres steht unter Datenschutz. Wir "
                "bitten um Verständnis, dass diese Seite ohne Auswahl nicht gezeigt wird.</p>"
            ),
            "text/html",
            id="consent-german",
        ),
        pytest.param(
            page(
                "<p>Checking your browser before you go on. This site requires JavaScript, and an "
                "ad blocker may be in the way. Please solve the captcha below to show that you are "
                "not a machine, and wait for a moment until the page is loaded again.</p>"
            ),
            "text/html",
            id="browser-check",
        ),
        pytest.param(
            b"<html><body><div id=root></div><noscript>You need to enable JavaScript to run this "
            b"app.</noscript><script src=app.js></script></body></html>",
            "text/html",
            id="script-only",
        ),
        pytest.param(
            page(
                ARTICLE,
                head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>',
            ),
            "text/html",
            id="declared-not-free",
        ),
        pytest.param(page(ARTICLE), "application/pdf", id="not-a-page"),
        pytest.param(b"", "text/html", id="empty"),
        pytest.param(b"\x00\xff" * 500, None, id="binary"),
        pytest.param(b"{}", "application/json", id="json"),
    ],
)
def test_walls_stubs_and_other_things_are_no_text(body: bytes, content_type: str) -> None:
    """Half a sentence from a wall must not pass for the article."""
    assert extract(body, content_type) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://consent.news.example/collect?back=https://news.example/a",
        "https://news.example/login?next=/a",
        "https://accounts.news.example/a",
        "https://news.example/subscribe/",
    ],
)
def test_where_a_page_led_us_may_say_that_it_is_a_wall(url: str) -> None:
    """Whatever stands there, it is not the article that was asked for."""
    assert extract_page(page(ARTICLE), url=url, content_type="text/html") is None
    free = extract_page(page(ARTICLE), url="https://x.example/a-login-story", content_type=None)
    assert free is not None


def test_a_long_article_that_mentions_cookies_and_subscribers_stays() -> None:
    """The words of walls in a real article do not make it one."""
    long_one = ARTICLE + "".join(
        f"<p>Paragraph {number} of the report says that cookies, consent and our partners matter, "
        f"and that this article is for subscribers only in its printed form number {number}.</p>"
        for number in range(20)
    )
    found = extract(page(long_one))
    assert found is not None
    assert SENTENCES[2] in found.text


def test_the_character_set_of_a_page_is_found_in_its_head() -> None:
    """A Ukrainian page in the Windows character set."""
    text = "Міністерство повідомило, що близько 10 000 солдатів прибули до прикордоння. " * 4
    markup = f'<html><head><meta charset="windows-1251"></head><body><article><p>{text}</p>'
    found = extract(markup.encode("cp1251"))
    assert found is not None
    assert "близько 10 000 солдатів" in found.text


@pytest.mark.anyio
async def test_extraction_runs_in_a_worker() -> None:
    """What comes back is picklable, and the worker's limits leave room for it."""
    work = partial(extract_page, url="https://x.example/a", content_type="text/html")
    found = await run_in_worker(work, page(ARTICLE), deadline_seconds=30)
    assert found == extract(page(ARTICLE))


@pytest.mark.parametrize(
    ("text", "mode", "passes", "expected"),
    [
        ("short", "auto", True, True),
        ("short", "auto", False, False),
        ("x" * 5000, "auto", True, False),
        ("x" * 5000, "always", False, True),
        ("short", "never", True, False),
    ],
)
def test_a_page_is_wanted_where_the_entry_is_short_and_of_interest(
    text: str, mode: str, passes: bool, expected: bool
) -> None:
    """`auto` asks both questions; the other modes ask nothing."""
    assert wanted(text, mode, lambda _: passes) is expected


# --- robots.txt ------------------------------------------------------------------------------

ROBOTS = b"""User-agent: *
Disallow: /private
Allow: /private/open$

User-agent: figurewatch
Disallow: /*?print=
"""


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        (ROBOTS, "/a", True),
        (ROBOTS, "/a?print=1", False),
        (ROBOTS.replace(b"figurewatch", b"other"), "/private/x", False),
        (ROBOTS.replace(b"figurewatch", b"other"), "/private/open", True),
        (b"User-agent: *\nDisallow: /", "/", False),
        (b"<html>not robots</html>", "/a", True),
        (b"\xff\xfe\x00", "/a", True),
    ],
)
def test_our_group_of_robots_txt_counts_else_the_one_for_all(
    robots: bytes, path: str, allowed: bool
) -> None:
    """Wildcards and anchors included; garbage forbids nothing."""
    assert robots_allow(robots, f"https://x.example{path}") is allowed


def client() -> Client:
    """Return a client that may reach loopback."""
    return Client(
        ClientSettings(
            user_agent="figurewatch/test",
            allow_networks=("127.0.0.0/8",),
            per_host_interval_seconds=0.0,
        )
    )


@pytest.mark.anyio
async def test_robots_txt_is_asked_once_per_host() -> None:
    """Pages of one host, asked for at once, share one request; another host has its own."""
    answers = {"/robots.txt": answer(ROBOTS)}
    async with serving(answers) as one, serving(answers, host="127.0.0.2") as two, client() as http:
        robots = Robots(http.get)
        verdicts: dict[str, bool] = {}

        async def ask(url: str) -> None:
            verdicts[url] = await robots.allowed(url)

        async with anyio.create_task_group() as group:
            for path in ("/a", "/b?print=1", "/c"):
                group.start_soon(ask, one.url(path))
            group.start_soon(ask, two.url("/a"))
    assert verdicts == {
        one.url("/a"): True,
        one.url("/b?print=1"): False,
        one.url("/c"): True,
        two.url("/a"): True,
    }
    assert (one.paths, two.paths) == (["/robots.txt"], ["/robots.txt"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        ("404 Gone", True),
        ("403 No", True),
        ("410 Gone", True),
        ("429 Slow", None),
        ("500 Oh", None),
    ],
)
async def test_a_missing_robots_txt_allows_and_a_failing_one_does_not(
    status: str, allowed: bool | None
) -> None:
    """And either answer is kept: the second page asks nothing."""
    async with serving(answer(status=status)) as server, client() as http:
        robots = Robots(http.get)
        verdicts = [await robots.allowed(server.url(path)) for path in ("/a", "/b")]
    assert (verdicts, server.paths) == ([allowed, allowed], ["/robots.txt"])


@pytest.mark.anyio
async def test_a_host_that_is_down_forbids_for_a_while() -> None:
    """No connection, no permission; and no second try for the next page."""
    async with serving(answer(b"")) as server:
        url = server.url("/a")
    async with client() as http:
        robots = Robots(http.get)
        assert [await robots.allowed(url), await robots.allowed(url)] == [None, None]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("robots", "failed"),
    [
        pytest.param(answer(status="503 Busy"), True, id="failing"),
        pytest.param(answer(b"<short>", length=99), True, id="cut"),
        pytest.param(answer(b"User-agent: *\nDisallow: /"), False, id="forbids"),
    ],
)
async def test_a_page_behind_a_robots_txt_that_cannot_be_read_is_still_owed(
    robots: bytes, failed: bool
) -> None:
    """A figure on it is not given up because the host stumbled once."""
    async with serving({"/robots.txt": robots}) as server, client() as http:
        found = await PageReader(http.get).read(server.url("/a"))
    assert (found.text, found.failed) == (None, failed)
    assert server.paths == ["/robots.txt"]


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://[", "mailto:a@b.c"])
async def test_what_is_no_web_page_is_not_allowed(url: str) -> None:
    """Nothing raises, nothing is asked."""
    async with client() as http:
        assert await Robots(http.get).allowed(url) is False


@pytest.mark.anyio
async def test_a_huge_robots_txt_counts_up_to_its_limit() -> None:
    """The first half megabyte is obeyed, what stands beyond is not read."""
    filler = b"Disallow: /x*y*z*$\n" * 30_000
    robots_txt = b"User-agent: *\nDisallow: /early\n" + filler + b"Disallow: /late\n"
    async with serving({"/robots.txt": answer(robots_txt)}) as server, client() as http:
        robots = Robots(http.get)
        verdicts = [await robots.allowed(server.url(path)) for path in ("/early", "/late")]
    assert verdicts == [False, True]
