from __future__ import annotations

import pytest
from sqlalchemy import event

from hubsync.services.deliveries.queries import PAGE
from hubsync.store import db
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log, begin_log
from tests.kit.page import Element, page_of, words

LIST = "/teams/acme/deliveries"
POLYGLOT = (
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/</titLe/--!>\\x3csVg/<sVg/oNloAd=alert()//>"
)


def shown(page: Element) -> list[int]:
    """The ids of the deliveries in the order of the list."""
    links = page.select("tbody a[href*='/deliveries/']")
    return [int(str(link["href"]).rsplit("/", 1)[-1]) for link in links]


def test_the_newest_delivery_is_on_top_and_leads_to_its_page(log: Log, owner: Browser) -> None:
    ids = [log.add("posted") for _ in range(3)]
    page = page_of(owner.get(LIST))
    assert shown(page) == ids[::-1]
    assert words(page.select_one(".log tbody tr")).startswith(
        "posted Mika Sato mika@acme.example Calendar of the owner"
    )


def test_older_pages_follow_without_a_gap_or_a_repeat(log: Log, owner: Browser) -> None:
    ids = [log.add("posted") for _ in range(PAGE + 2)]
    first = page_of(owner.get(LIST))
    older = first.select_one("a[rel=next]")
    assert older is not None
    log.add("posted")  # one that comes in meanwhile moves nothing
    second = page_of(owner.get(str(older["href"])))
    assert shown(first) + shown(second) == ids[::-1]
    assert second.select_one("a[rel=next]") is None
    assert "Newest" in words(second)


def test_a_full_page_that_is_the_last_offers_no_older_one(log: Log, owner: Browser) -> None:
    for _ in range(PAGE):
        log.add("posted")
    page = page_of(owner.get(LIST))
    assert len(shown(page)) == PAGE
    assert page.select_one("a[rel=next]") is None


def test_a_state_can_be_chosen_and_each_says_how_many_there_are(log: Log, owner: Browser) -> None:
    failed = [log.add("failed"), log.add("failed")]
    partial = log.add("partial")
    log.add("posted")
    page = page_of(owner.get(LIST))
    offered = [words(link) for link in page.select(".state-filter a")]
    assert offered == ["All 4", "Needs a person 3", "failed 2", "partly posted 1", "posted 1"]
    assert shown(page_of(owner.get(f"{LIST}?state=failed"))) == failed[::-1]
    assert shown(page_of(owner.get(f"{LIST}?state=needs_a_person"))) == [partial, *failed[::-1]]


def test_the_older_page_keeps_to_the_chosen_state_and_calendar(log: Log, owner: Browser) -> None:
    for _ in range(PAGE + 1):
        log.add("failed")
    log.add("posted")
    log.add("failed", "member")
    calendar = log.calendars["owner"]
    page = page_of(owner.get(f"{LIST}?state=failed&calendar={calendar}"))
    older = page.select_one("a[rel=next]")
    assert older is not None
    assert len(shown(page_of(owner.get(str(older["href"]))))) == 1


def test_a_calendar_can_be_chosen_and_counts_are_its_own(log: Log, owner: Browser) -> None:
    log.add("posted", "owner")
    theirs = log.add("failed", "member")
    page = page_of(owner.get(f"{LIST}?calendar={log.calendars['member']}"))
    assert shown(page) == [theirs]
    assert next(words(link) for link in page.select(".state-filter a")) == "All 1"
    assert words(page.select_one("option[selected]")) == "Calendar of the member"


def test_a_member_sees_and_counts_only_deliveries_of_own_calendars(log: Log, member: Browser) -> None:
    log.add("posted", "owner")
    own = log.add("failed", "member")
    page = page_of(member.get(LIST))
    assert shown(page) == [own]
    assert [words(link) for link in page.select(".state-filter a")] == [
        "All 1",
        "Needs a person 1",
        "failed 1",
    ]
    assert member.get(f"{LIST}?calendar={log.calendars['owner']}").status_code == 404


def test_nothing_of_another_team_is_listed(log: Log, owner: Browser) -> None:
    other = begin_log(log.app, "globex")
    other.add("posted", guest_name="Hank Scorpio")
    own = log.add("posted")
    page = page_of(owner.get(LIST))
    assert shown(page) == [own]
    assert "Scorpio" not in page.get_text()
    assert owner.get("/teams/globex/deliveries").status_code == 404
    assert owner.get(f"{LIST}?calendar={other.calendars['owner']}").status_code == 404


def test_an_empty_log_says_what_it_is_for_and_leads_to_the_calendars(log: Log, owner: Browser) -> None:
    empty = page_of(owner.get(LIST)).select_one(".empty")
    assert empty is not None
    assert "Every completed booking" in words(empty)
    assert [str(link["href"]) for link in empty.select("a.btn")] == ["/teams/acme/calendars"]


def test_a_state_nothing_is_in_says_so_and_leads_back(log: Log, owner: Browser) -> None:
    log.add("posted")
    page = page_of(owner.get(f"{LIST}?state=failed"))
    assert "There are no such deliveries. Show all" in words(page)
    assert "failed 0" in words(page.select_one(".state-filter [aria-current]"))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("pending", "pending"),
        ("sending", "sending"),
        ("posted", "posted"),
        ("duplicate", "duplicate"),
        ("partial", "partly posted"),
        ("skipped", "skipped"),
        ("waiting", "waiting"),
        ("retrying", "trying again"),
        ("failed", "failed"),
    ],
)
@pytest.mark.quick_cases(4)
def test_every_state_is_a_word_with_an_icon(log: Log, owner: Browser, state: str, word: str) -> None:
    log.add(state)
    assert shown(page_of(owner.get(f"{LIST}?state={state}")))
    badge = page_of(owner.get(LIST)).select_one("tbody .badge-state")
    assert badge is not None
    assert words(badge) == word
    assert badge.select_one("svg") is not None


def test_times_are_in_the_readers_zone_with_the_full_stamp_as_title(log: Log, owner: Browser) -> None:
    log.add("posted")
    time = page_of(owner.get(LIST)).select_one("td[data-label=Appointment] time")
    assert time is not None
    assert "10:00" in words(time)  # 01:00 UTC in Tokyo
    assert "Japan Standard Time" in str(time["title"])


def test_what_a_guest_typed_is_never_markup(log: Log, owner: Browser) -> None:
    log.add("posted", guest_name=POLYGLOT, guest_email='"><img src=x onerror=alert(1)>@acme.example')
    page = page_of(owner.get(LIST))
    assert POLYGLOT in words(page.select_one(".log tbody tr"))
    assert page.select("tbody svg[onload], tbody img, tbody [onclick]") == []


@pytest.mark.parametrize(
    "strange", ["before=-1", f"before={10**30}", f"before=-{10**30}", "before=x", "calendar=x"]
)
def test_a_strange_number_in_the_address_shows_the_newest(log: Log, owner: Browser, strange: str) -> None:
    delivery = log.add("posted")
    assert shown(page_of(owner.get(f"{LIST}?{strange}"))) == [delivery]


@pytest.mark.parametrize("unknown", ["state=happy", f"calendar={10**30}", "calendar=999"])
def test_an_unknown_filter_is_not_found(log: Log, owner: Browser, unknown: str) -> None:
    assert owner.get(f"{LIST}?{unknown}").status_code == 404


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(log: Log, owner: Browser) -> None:
    def queries() -> int:
        asked: list[str] = []
        with log.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count := lambda *facts: asked.append(facts[2]))
        try:
            page_of(owner.get(LIST))
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(asked)

    log.add("posted")
    few = queries()
    for _ in range(20):
        log.add("failed")
        log.add("partial", "member")
    assert queries() == few
    assert 0 < few < 19
