from __future__ import annotations

import pytest

from hubsync.domain.browsers import recognise_browser

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox/Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome/Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge/Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/26.0 Safari/605.1.15", "Safari/macOS"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 19_0 like Mac OS X) {WEBKIT} CriOS/142 Safari/604.1", "Chrome/iPhone"),
        (f"{MOZILLA} (iPad; CPU OS 19_0 like Mac OS X) {WEBKIT} Version/19.0 Mobile Safari/604.1", "Safari/iPad"),
        (f"{MOZILLA} (Linux; Android 16; K) {WEBKIT} Chrome/142.0 Mobile Safari/537.36", "Chrome/Android"),
        (
            f"{MOZILLA} (Linux; Android 16) {WEBKIT} SamsungBrowser/29 Chrome/136 Safari/537",
            "Samsung Internet/Android",
        ),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/142.0 Safari/537.36", "Chrome/ChromeOS"),
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} HeadlessChrome/142.0 Safari/537.36", "Chrome/Linux"),
        ("curl/8.11.0", ""),
        ("", ""),
        ("Something on Windows", "/Windows"),
    ],
)
def test_a_browser_is_named_as_its_person_calls_it(user_agent: str, words: str) -> None:
    assert recognise_browser(user_agent) == words


def test_an_endless_name_is_not_read_to_its_end() -> None:
    assert recognise_browser("x" * 100_000 + " Firefox/1") == ""
