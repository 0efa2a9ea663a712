"""Finding deliveries by e-mail or company."""

from __future__ import annotations

import pytest

from hubsync.services import now
from hubsync.services.deliveries import kept_searches, transitions
from hubsync.services.deliveries.queries import PAGE
from hubsync.store import write_transaction
from tests.kit.browser import Browser
from tests.kit.clock import later
from tests.kit.delivery_log import Log
from tests.kit.page import page_of, words
from tests.kit.settings import BASE_URL
from tests.web.deliveries.test_log import LIST, shown


def found(reader: Browser, **asked: object) -> list[int]:
    return shown(page_of(reader.get(LIST, query_string=asked)))


@pytest.fixture
def booked(log: Log) -> dict[str, int]:
    """Deliveries by the beginning of their e-mail."""
    return {
        "mika": log.add("failed", search_email="mika@acme.com", search_company="acme inc"),
        "mikado": log.add("posted", search_email="mikado@other.com", search_company="other"),
        "ken": log.add("posted", "member", search_email="ken@acme.com", search_company="acme inc"),
        "percent": log.add("posted", search_email="100%_@acme.com", search_company="アクメ"),
    }


@pytest.mark.parametrize(
    ("by", "q", "names"),
    [
        ("email", "mika", ["mika", "mikado"]),
        ("email", "MIKA@", ["mika"]),
        ("email", "  mika@acme.com ", ["mika"]),
        ("email", "ｍｉｋａ@", ["mika"]),
        ("email", "ika", []),
        ("email", "Mika Sato <mika＠acme.com>", ["mika"]),
        ("email_is", "mailto:MIKA@acme.com.", ["mika"]),
        ("email", "%", []),
        ("email", "100%_", ["percent"]),
        ("email", "mika\x00", ["mika", "mikado"]),
        ("email_is", "mika", []),
        ("email_is", "Mika@Acme.com", ["mika"]),
        ("company", "Acme", ["mika", "ken"]),
        ("company", "acme  INC", ["mika", "ken"]),
        ("company", "株式会社ｱ", ["percent"]),
        ("company", "㍿アク", ["percent"]),
        ("company", "アクメ", ["percent"]),
        ("company_is", "株式会社 アクメ", ["percent"]),
        ("company", "（株）ア", ["percent"]),
        ("company_is", "acme", []),
        ("company_is", "ACME Inc", ["ken", "mika"]),
        ("company", "mika", []),
    ],
)
@pytest.mark.quick_cases(6)
def test_what_was_typed_is_found_whatever_its_spelling(
    booked: dict[str, int], owner: Browser, by: str, q: str, names: list[str]
) -> None:
    assert found(owner, by=by, q=q) == [booked[name] for name in names]


def test_a_search_can_be_narrowed_by_state_and_calendar(booked: dict[str, int], log: Log, owner: Browser) -> None:
    assert found(owner, by="company", q="acme", state="failed") == [booked["mika"]]
    assert found(owner, by="company", q="acme", calendar=log.calendars["member"]) == [booked["ken"]]
    assert found(owner, by="company_is", q="acme inc", calendar=log.calendars["owner"]) == [booked["mika"]]
    assert found(owner, by="company", q="acme", state="waiting") == []


def test_a_member_finds_only_what_is_in_own_calendars(booked: dict[str, int], log: Log, member: Browser) -> None:
    assert found(member, by="company", q="acme") == [booked["ken"]]
    assert found(member, by="email", q="mika") == []


def test_what_is_searched_for_is_kept_in_every_link(booked: dict[str, int], log: Log, owner: Browser) -> None:
    for _ in range(PAGE):
        log.add("failed", search_email="many@acme.com")
    last = log.add("failed", search_email="many@acme.com")
    page = page_of(owner.get(LIST, query_string={"by": "email", "q": "MANY@", "state": "failed"}))
    older = page.select_one("a[rel=next]")
    assert older is not None
    assert shown(page_of(owner.get(str(older["href"])))) == [last]
    for link in page.select(".state-filter a"):
        assert "e-mail begins with “MANY@”" in words(owner.get(str(link["href"])))
    typed, way = page.select_one("input[name=q]"), page.select_one("select[name=by] option[selected]")
    assert typed is not None
    assert way is not None
    assert (typed["value"], way["value"]) == ("MANY@", "email")
    assert "Deliveries whose e-mail begins with “MANY@”. Clear the search" in words(page)


def test_pages_of_a_search_follow_each_other_without_a_gap_or_a_repeat(log: Log, owner: Browser) -> None:
    ids = [log.add("posted", search_email=f"g{number % 7}@acme.com") for number in range(PAGE * 2 + 5)]
    for asked in ({"by": "email", "q": "g"}, {"by": "email_is", "q": "g1@acme.com"}):
        where, seen = f"{LIST}?by={asked['by']}&q={asked['q']}", []
        while where:
            page = page_of(owner.get(where))
            seen += shown(page)
            older = page.select_one("a[rel=next]")
            where = str(older["href"]) if older else ""
        assert len(seen) == len(set(seen))
        assert set(seen) == set(ids if asked["by"] == "email" else ids[1::7])


def test_nothing_found_says_for_what_and_leads_on(booked: dict[str, int], owner: Browser) -> None:
    page = page_of(owner.get(LIST, query_string={"by": "email", "q": "nobody<b>", "state": "failed"}))
    assert "No delivery here whose e-mail begins with “nobody<b>”." in words(page.select_one(".empty"))
    links = {words(link): str(link["href"]) for link in page.select(".empty a")}
    assert links.pop("Clear the search") == f"{LIST}?state=failed"
    leads_to = {label: page_of(owner.get(address)) for label, address in links.items()}
    assert {label: words(there.select_one(".empty p")) for label, there in leads_to.items()} == {
        "Search in companies": "No delivery here whose company begins with “nobody<b>”.",
        "Search in all deliveries": "No delivery here whose e-mail begins with “nobody<b>”.",
    }
    assert links["Search in companies"].startswith(f"{LIST}?state=failed&find=")
    assert links["Search in all deliveries"].startswith(f"{LIST}?find=")
    assert page.select("main b") == []


def test_a_legal_form_alone_finds_nothing_and_the_page_says_what_to_type(
    booked: dict[str, int], owner: Browser
) -> None:
    hint = "Companies are found by their name without the legal form. Type what comes before or after {}."
    for typed, by, is_told in (
        (" （株） ", "company", True),
        ("株式会社", "company_is", True),
        ("株式会社", "email", False),
        ("株式会社アクミ", "company", False),
    ):
        page = page_of(owner.get(LIST, query_string={"by": by, "q": typed}))
        assert (hint.format(typed.strip()) in words(page.select_one(".empty"))) is is_told


def test_numbers_of_the_whole_log_do_not_stand_beside_a_search(booked: dict[str, int], owner: Browser) -> None:
    assert page_of(owner.get(LIST)).select(".state-filter .number")
    assert page_of(owner.get(f"{LIST}?q=mika")).select(".state-filter .number") == []


def test_a_search_of_nothing_but_spaces_is_none(booked: dict[str, int], owner: Browser) -> None:
    assert found(owner, by="company", q=" \u3000") == list(booked.values())[::-1]


@pytest.mark.parametrize("asked", [{"by": "name", "q": "x"}, {"by": "", "q": "x"}])
def test_an_unknown_way_of_searching_is_not_found(log: Log, owner: Browser, asked: dict[str, str]) -> None:
    assert owner.get(LIST, query_string=asked).status_code == 404


def test_dismissed_ones_have_a_tab_of_their_own_and_are_in_no_states(log: Log, owner: Browser) -> None:
    open_, put_away = log.add("failed"), log.add("failed")
    with log.app.app_context(), write_transaction() as session:
        transitions.dismiss(session, [session.get_one(transitions.Delivery, put_away)], 1)
    assert found(owner, state="failed") == found(owner, state="needs_a_person") == [open_]
    assert found(owner, state="dismissed") == [put_away]
    page = page_of(owner.get(LIST))
    assert shown(page) == [put_away, open_]
    offered = [words(link) for link in page.select(".state-filter a")]
    assert offered == ["All 2", "Needs a person 1", "failed 1", "dismissed 1"]


def test_a_place_outside_of_what_is_searched_for_leads_to_its_beginning(
    booked: dict[str, int], owner: Browser
) -> None:
    assert found(owner, by="email", q="mikado", before=booked["ken"]) == [booked["mikado"]]
    assert found(owner, by="email", q="nobody", before=booked["ken"]) == []


def search_for(owner: Browser, q: str, **more: str) -> str:
    """Send the form of the list, and return the address that it leads to."""
    sent = {"csrf_token": owner.token(LIST), "by": "email", "q": q, **more}
    answer = owner.client.post(f"{LIST}/search", base_url=BASE_URL, data=sent)
    assert answer.status_code == 303
    return answer.location


def test_no_address_of_the_log_says_whom_somebody_searches_for(booked: dict[str, int], owner: Browser) -> None:
    address = search_for(owner, "mika@acme.com", state="failed")
    page = page_of(owner.get(address))
    assert shown(page) == [booked["mika"]]
    said = [address, *(str(each[name]) for name in ("href", "action") for each in page.select(f"[{name}]"))]
    assert len(said) > 10
    assert [each for each in said if "mika" in each.lower() or "acme.com" in each] == []
    assert search_for(owner, " ") == LIST, "nothing to find is no search"


def test_a_search_ends_after_a_day_and_is_never_taken_for_all(booked: dict[str, int], owner: Browser) -> None:
    address = search_for(owner, "mika@")
    sent = {"do": "dismiss", "which": "all", "asked": now().isoformat()}
    with later(hours=25):
        owner.sign_in()
        led = owner.client.get(address, base_url=BASE_URL)
        assert (led.status_code, led.location) == (302, LIST)
        assert "That search was too long ago." in words(owner.get(LIST))
        pressed = owner.client.post(
            address.replace(LIST, f"{LIST}/many"), base_url=BASE_URL, data=sent | {"csrf_token": owner.token(LIST)}
        )
        assert pressed.status_code == 410
        assert shown(page_of(owner.get(LIST))) == list(booked.values())[::-1], "nothing was dismissed"


def test_a_search_is_good_in_its_own_team_alone(log: Log) -> None:
    with log.app.app_context():
        kept = kept_searches.keep_search(log.team_id, "email", "mika@")
        assert kept_searches.read_search(log.team_id, kept) == ("email", "mika@")
        assert kept_searches.read_search(log.team_id + 1, kept) is None
        assert kept_searches.read_search(log.team_id, kept[:-2]) is None
