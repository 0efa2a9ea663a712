"""Whatever may be sent to a route: its own address, fields and links, with parts that it never offered."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from hubsync.sources.registry import SOURCES
from tests.kit.any_bodies import AWKWARD, HEADER_TEXTS
from tests.kit.page import Element, read_page
from tests.kit.source_samples import samples_of
from tests.web.role_matrix import MATRIX
from tests.web.role_matrix_app import MatrixApp, address, rules

Pairs = list[tuple[str, str]]

HOSTILE = (
    "", " ", "\x00", "a\x00b", "a@b.example\x00", "\ud800", "\u202eabc\u2066", "\ufdfa" * 300, "🧑\u200d🧑",
    "\r\nSet-Cookie: a=b",
    "x" * 300, "x" * 70_000, "0", "-1", "1" + "0" * 30, "9" * 5_000, "-" + "9" * 40, "2147483648",
    "9223372036854775808",
    "1e999", "NaN", "1_0", "٣", "²", "１", "on", "true", "None", "null", "[]", "{}", '["a"]',
    '{"a": "\\ud800\\u0000"}', "[" * 9_000,
    "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "99999-01-01",
    "2030-02-30",
    "2030-01-15T10:00:00+00:00", "2030-01-15T10:00", "25:00", "24:00", "00:00-00:00", "09:00-12:00,11:00-13:00",
    "../../etc/passwd", "..", "%2e%2e", "//evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http://[::1", "https://[a]/",
    "http://a:99999999/", "http://\x00/", "https://xn--/", "https://" + "a." * 300 + "example",
    "http://127.0.0.1:9/", "webcal://x",
    "a@b", "a@" + "b" * 300 + ".example", '"a b"@acme.example', "a@acme.example, b@acme.example", "=1+1",
    "{{7*7}}", "%s%n", "<script>'\"",
    "Etc/../UTC", "localtime", "/etc/localtime", "Asia/Tokyo\x00", "posix/UTC", "Asia", "zh-Hant-" + "x" * 40,
    "ja_JP@x",
)  # fmt: skip
"""What a field takes that nobody would type."""

HEADERS = (
    "Accept", "Accept-Language", "Authorization", "Content-Encoding", "Cookie", "If-Modified-Since",
    "If-None-Match",
    "Origin", "Range", "Referer", "Sec-Fetch-Site", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Request-ID", "X-CSRFToken", "X-Requested-With",
)  # fmt: skip
ODD_HEADERS = (
    "", "\xff\xfe", "a" * 9_000, "bytes=5-1", "bytes=0-,0-,0-", "bytes=99999999999999999999-", "W/\"",
    "Thu, 99 Foo 0000 00:00:00 GMT",
    "ja-JP;q=x, *;q=NaN", "en;q=1e999", "und-" + "a" * 100, "../../x", "en_US.UTF-8", "zh-Hans-CN-x-y",
    "Bearer ", "Basic !", "same-origin",
    "cross-site", "null", "http://[", "hubsync=a; hubsync=.eJx", "=;=;;", "application/json",
    "unknown, ::1, 1.2.3.4:99999", "PUT",
)  # fmt: skip
TYPES = (
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x",
    "application/json", "text/plain",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=none", "a",
    "", ";;",
)  # fmt: skip


FILE_NAMES = ("", "", '; filename="a\x00.csv"', "; filename=", "; filename*=utf-9''%ff")
"""What a part of a form may say of being a file."""


@dataclass
class Known:
    """What the pages of the app send to one row of the matrix: names with the values that they offer."""

    fields: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    query: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bodies: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Request:
    """One that was made up, as `MatrixApp.send` takes it."""

    row: str
    who: str
    method: str
    address: str
    body: bytes | None
    headers: tuple[tuple[str, str], ...]


def boldest(row: str) -> str:
    """Who gets furthest there."""
    let_in = [who for who in ("owner", "keeper", "outsider", "guest") if MATRIX[row].of(who) in {"page", "public"}]
    return let_in[0] if let_in else "owner"


def learn_forms(matrix_app: MatrixApp) -> dict[str, Known]:
    """What each row is sent by the pages of the app, which are all opened once by whoever gets furthest.

    So are pages behind their links with a query, once for each set of names: a time of a booking page, a filter.
    """
    known = {row: Known() for row in MATRIX}
    adapter = matrix_app.app.url_map.bind("localhost:8000")
    for row, rights in MATRIX.items():
        for name, value in rights.sent.items():
            known[row].fields[name].add(value)
    followed: set[tuple[str, frozenset[str]]] = set()
    waiting = [(row, address(matrix_app, row)) for row in MATRIX if row.startswith("GET")]
    while waiting:
        row, where = waiting.pop()
        answer = matrix_app.ask(boldest(row), "GET", where)
        if answer.mimetype != "text/html":
            continue
        page = read_page(answer)
        _learn_page(known, adapter, page, answer.request.path)
        for link in page.select("a[href^='/'][href*='?']"):
            to, query = _row_of(adapter, "GET", str(link["href"])), urlsplit(str(link["href"])).query
            kind = to, frozenset(name for name, _value in parse_qsl(query))
            if to in known and kind not in followed:
                followed.add(kind)
                waiting.append((to, str(link["href"])))
    for source in SOURCES.values():
        known[f"POST intake.receive_{source.name}"].bodies = tuple(each.body for each in samples_of(source))
    return known


def _learn_page(known: dict[str, Known], adapter: MapAdapter, page: Element, here: str) -> None:
    for link in page.select("a[href^='/'][href*='?']"):
        _learn(known, adapter, "GET", str(link["href"]), [])
    for form in page.select("form"):
        offered = [
            (str(each["name"]), str(value))
            for each in form.select("input, select, textarea, button")
            if each.get("name")
            for value in _values(each)
        ]
        _learn(known, adapter, str(form.get("method", "get")).upper(), form.get("action") or here, offered)
        for button in form.select("[formaction]"):
            _learn(known, adapter, "POST", str(button["formaction"]), offered)


def _row_of(adapter: MapAdapter, method: str, where: str) -> str:
    try:
        endpoint, _values = adapter.match(urlsplit(where).path, method=method)
    except (HTTPException, RequestRedirect):
        return ""
    return f"{method} {endpoint}"


def _learn(known: dict[str, Known], adapter: MapAdapter, method: str, where: str, offered: Pairs) -> None:
    kept = known.get(_row_of(adapter, method, where))
    if kept is None:
        return
    for name, value in parse_qsl(urlsplit(where).query, keep_blank_values=True):
        kept.query[name].add(value)
    for name, value in offered:
        (kept.query if method == "GET" else kept.fields)[name].add(value)


def _values(element: Element) -> Iterator[str]:
    if element.name == "select":
        yield from (each.get("value", each.text) for each in element.select("option"))
    else:
        yield element.get_text() if element.name == "textarea" else element.get("value", "")


texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=12)


@st.composite
def requests(draw: st.DrawFn, matrix_app: MatrixApp, row: str, known: Known) -> Request:
    """A request to the route by somebody, most of them by who gets furthest there."""
    method, who = row.split()[0], draw(st.sampled_from([boldest(row)] * 8 + ["guest", "member"]))
    if method == "GET" and draw(st.integers(0, 9)) == 9:
        method = draw(st.sampled_from(["HEAD", "OPTIONS", "POST"]))
    where = draw(addresses(matrix_app, row))
    if query := draw(changed(known.query, whole=1)):
        where += "?" + _encoded(query)
    body, labelled = None, ""
    if method not in {"GET", "HEAD", "OPTIONS"}:
        body, labelled = draw(bodies(known, matrix_app.form_token(who)))
    odd = st.sampled_from(ODD_HEADERS) | HEADER_TEXTS
    headers = draw(st.lists(st.tuples(st.sampled_from(HEADERS), odd), max_size=2))
    if labelled:
        headers.append(("Content-Type", labelled))
    return Request(row, who, method, where, body, tuple(headers))


@st.composite
def addresses(draw: st.DrawFn, matrix_app: MatrixApp, row: str) -> str:
    """Where the row is, mostly; now and then with a part that names nothing, or nothing that is there."""
    if draw(st.integers(0, 4)) < 4:
        return address(matrix_app, row, draw(st.sampled_from(["acme"] * 7 + ["globex"])))
    rule = rules(matrix_app.app)[row].rule
    return re.sub(
        r"<[^>]*>", lambda _part: quote(draw(texts).encode("utf-8", "surrogatepass")[:4_000], safe="%/"), rule
    )


@st.composite
def changed(draw: st.DrawFn, offered: dict[str, set[str]], whole: int = 5) -> Pairs:
    """The fields as pages offer them, and a few of them as nobody would send them."""
    pairs = [(name, draw(st.sampled_from(sorted(values)))) for name, values in sorted(offered.items())]
    if draw(st.integers(0, 9)) >= 9 - whole // 5:
        pairs = [pair for pair in pairs if draw(st.booleans())]
    names = sorted(offered)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(names)) if names and draw(st.integers(0, 9)) < 9 else draw(texts)
        if draw(st.booleans()):
            pairs = [pair for pair in pairs if pair[0] != name]
        pairs.append((name, draw(texts)))
    return pairs


@st.composite
def bodies(draw: st.DrawFn, known: Known, form_token: str) -> tuple[bytes, str]:
    """What is sent with the form token, which lets it through to the view, and how it is labelled."""
    if known.bodies:
        return draw(st.sampled_from(known.bodies) | st.binary(max_size=60)), draw(st.sampled_from(TYPES))
    pairs = [pair for pair in draw(changed(known.fields)) if pair[0] != "csrf_token"]
    way = draw(st.sampled_from(["form"] * 6 + ["parts", "parts", "json", "odd"]))
    if way == "form":
        return _encoded([("csrf_token", form_token), *pairs]).encode(), "application/x-www-form-urlencoded"
    if way == "parts":
        parts = [_part("csrf_token", form_token.encode(), "")]
        for name, value in pairs:
            heads = draw(
                st.sampled_from(["", "", '; filename="a\x00.csv"', "; filename=", "; filename*=utf-9''%ff"])
            )
            parts.append(_part(name, value.encode("utf-8", "surrogatepass"), heads))
        body = b"".join(parts) + b"--x--\r\n"
        return body[: draw(st.sampled_from([len(body), len(body), len(body) - 4, len(body) // 2]))], TYPES[2]
    if way == "json":
        value = draw(st.sampled_from([dict(pairs), pairs, *AWKWARD]))
        return json.dumps(value).encode(), "application/json"
    return _encoded([("csrf_token", form_token), *pairs]).encode() + draw(st.binary(max_size=20)), draw(
        st.sampled_from(TYPES)
    )


def _part(name: str, value: bytes, heads: str) -> bytes:
    quoted = name.encode("utf-8", "surrogatepass").replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
    return (
        b'--x\r\nContent-Disposition: form-data; name="'
        + quoted
        + b'"'
        + heads.encode()
        + b"\r\n\r\n"
        + value
        + b"\r\n"
    )


def _encoded(pairs: Pairs) -> str:
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")
