from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.owners import OwnerProblem
from hubsync.store import write_transaction
from hubsync.store.meetings import Meeting
from hubsync.store.owners import GivenOwner
from tests.kit.browser import Browser
from tests.kit.delivery_log import STARTS, Log, begin_log
from tests.kit.page import Element, page_of, words

POLYGLOT = (
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/</titLe/--!>\\x3csVg/<sVg/oNloAd=alert()//>"
)
BROKEN_OUT = '"><img src=x onerror=alert(1)>'


def opened(browser: Browser, delivery_id: int) -> Element:
    return page_of(browser.get(f"/teams/acme/deliveries/{delivery_id}"))


def parts(page: Element) -> list[str]:
    return [words(row) for row in page.select(".parts tbody tr")]


def test_the_page_says_who_booked_what_and_when(log: Log, owner: Browser) -> None:
    page = opened(owner, log.add("posted", source="signed_json"))
    assert words(page.select_one("h1")) == "Mika Sato"
    about = words(page.select_one(".about"))
    assert "mika@acme.example Calendar of the owner" in about
    assert "10:00" in about
    assert "(Asia/Tokyo) Signed JSON" in about


def test_what_stands_in_hubspot_is_linked(log: Log, owner: Browser) -> None:
    log.connect(ui_domain="app-eu1.hubspot.com")
    delivery = log.add(
        "posted",
        hubspot_account_id="1234567",
        company="duplicate",
        company_id="77",
        contact="created",
        contact_id="551",
        association="made",
    )
    page = opened(owner, delivery)
    assert parts(page) == [
        "Company duplicate HubSpot has this company already; it was left as it is. #77 open in HubSpot Company",
        "Contact posted Registered as a new contact. #551 open in HubSpot Contact",
        "Association made The contact is associated with the company.",
    ]
    addresses = [str(link["href"]) for link in page.select(".parts a")]
    assert addresses == [
        "http://app-eu1.hubspot.com/contacts/1234567/record/0-2/77",
        "http://app-eu1.hubspot.com/contacts/1234567/record/0-1/551",
    ]


def test_the_owner_of_a_new_record_is_named_as_hubspot_called_them_then(log: Log, owner: Browser) -> None:
    refused = {"section": "contacts", "owner_name": "Mika Sato", "problem": OwnerProblem.REFUSED}
    named = {"section": "companies", "owner_id": "71001", "owner_name": "Mika Sato"}
    erased = {"section": "contacts", "owner_id": "71002"}
    made = {"company": "created", "contact": "created"}
    said = []
    for outcomes, given in (
        (made, (named, refused)),
        (made, (erased,)),
        ({**made, "company": "duplicate"}, (named,)),
    ):
        delivery = log.add("posted", **outcomes)
        with log.app.app_context(), write_transaction() as session:
            session.add_all(GivenOwner(delivery_id=delivery, **each) for each in given)
        said.append(
            [line.rpartition(".")[0].partition("Its owner is ")[2] for line in parts(opened(owner, delivery))]
        )
    assert said == [["Mika Sato", "", ""], ["", "#71002", ""], ["", "", ""]]


def test_the_owner_of_a_meeting_is_named_also_where_company_and_contact_were_there(
    log: Log, owner: Browser
) -> None:
    refused = {"owner_problem": OwnerProblem.REFUSED}
    said = []
    for kept, remarks in (
        ({"owner_id": "71001", "owner_name": "Mika Sato"}, []),
        (refused, []),
        (refused, [{"kind": "no_owner", "section": "contacts", "code": "refused"}]),
        ({}, []),
    ):
        delivery = log.add("duplicate", company="duplicate", contact="duplicate", remarks=remarks)
        with log.app.app_context(), write_transaction() as session:
            session.add(Meeting(delivery_id=delivery, state="created", meeting_id="9", **kept))
        said.append(parts(opened(owner, delivery))[-1].partition("as scheduled.")[2].partition("#9")[0].strip())
    assert said == [
        "Its owner is Mika Sato.",
        "It has no owner. HubSpot did not take the user as the owner.",
        "",
        "",
    ]


def test_records_of_a_former_account_are_linked_there_and_a_half_posted_booking_says_so(
    log: Log, owner: Browser
) -> None:
    log.connect(account="999", ui_domain="app-eu1.hubspot.com")
    delivery = log.add(
        "waiting", reason="not_connected", hubspot_account_id="1234567", company="created", company_id="77"
    )
    page = opened(owner, delivery)
    link = page.select_one(".parts a")
    assert link is not None
    assert "app-eu1" not in str(link["href"])
    assert "/contacts/1234567/" in str(link["href"])
    assert "It was begun in the HubSpot account 1234567" in words(page.select_one(".outcome"))


REFUSED = {
    "kind": "refused",
    "section": "companies",
    "code": "required_property_missing",
    "properties": ["industry"],
}


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            {"company": "none", "remarks": [{"kind": "no_company_key"}]},
            "Company not posted No company was posted: the",
        ),
        ({"company": "none"}, "Company not posted The mapping gave nothing for a company."),
        ({"company": "intent"}, "Company not known yet A company may have been sent; HubSpot's answer"),
        (
            {"company": "refused", "contact": "created", "remarks": [REFUSED]},
            "Company not posted HubSpot requires a property that the mapping does not fill. It named: industry.",
        ),
        ({"company": "refused", "contact": "created"}, "Association not made Not possible without the company."),
        ({"contact": "none", "remarks": [{"kind": "no_email"}]}, "Contact not posted No contact was posted: the"),
        ({"contact": "duplicate"}, "Contact duplicate HubSpot has a contact with this e-mail already"),
        (
            {"company": "created", "contact": "duplicate", "association": "none"},
            "Association not made Only newly registered contacts are associated",
        ),
        ({"contact": "created", "association": "none"}, "Association not made There is no company to associate"),
        (
            {"company": "refused", "contact": "refused", "reason": "record_refused"},
            "Contact not posted It did not work; the attempts below say more.",
        ),
    ],
)
@pytest.mark.quick_cases(4)
def test_each_part_is_told_in_plain_words(log: Log, owner: Browser, columns: dict[str, Any], told: str) -> None:
    assert any(told in line for line in parts(opened(owner, log.add("partial", **columns))))


def test_a_failed_delivery_says_what_it_means_why_and_what_to_do(log: Log, owner: Browser) -> None:
    page = opened(owner, log.add("failed", reason="required_property_missing", company="refused"))
    outcome = page.select_one(".outcome")
    assert words(outcome).startswith("failed Nothing of this booking is in HubSpot")
    assert "Add a row for this property to the mapping, then press Retry. Go to Advanced settings" in words(
        outcome
    )


def test_an_answer_that_is_no_address_is_named_and_leads_to_where_it_is_corrected(
    log: Log, owner: Browser
) -> None:
    refused = {"kind": "refused", "section": "contacts", "code": "address_unreadable", "properties": []}
    left_out = {"kind": "left_out", "section": "contacts", "property": "email", "label": "Email"}
    remarks = [refused, left_out | {"code": "email_several", "shown": "a@acme.com, b@acme.com"}]
    delivery = log.add("partial", reason="address_unreadable", contact="refused", remarks=remarks)
    page = opened(owner, delivery)
    remedy = page.select_one(".outcome a")
    assert remedy is not None
    assert str(remedy["href"]).endswith(f"/deliveries/{delivery}/answers")
    told = "Email (Contact) “a@acme.com, b@acme.com” is not an e-mail address: there is more than one @ in it."
    assert told in words(page)


def test_a_member_is_not_sent_to_pages_of_the_team(log: Log, owner: Browser, member: Browser) -> None:
    delivery = log.add("waiting", "member", reason="access_lost")
    assert opened(owner, delivery).select_one(".outcome a") is not None
    assert opened(member, delivery).select_one(".outcome a") is None


def test_the_next_attempt_is_told_with_its_time(log: Log, owner: Browser) -> None:
    later = STARTS + timedelta(hours=2)
    page = opened(owner, log.add("retrying", reason="hubspot_busy", next_attempt_at=later))
    assert "HubSync posts it again by itself at: Nov 23, 2026, 12:00 PM" in words(
        page.select_one(".outcome")
    ).replace("\u202f", " ")


def test_rows_that_were_left_out_are_named_with_the_reason(log: Log, owner: Browser) -> None:
    log.map(("contacts", "jobtitle", "Job Title", "fact:host"))
    left_out = {"kind": "left_out", "section": "companies", "property": "numberofemployees"}
    page = opened(
        owner,
        log.add(
            "posted",
            remarks=[
                left_out | {"label": "Number of Employees", "code": "not_a_number", "shown": "100名"},
                {"kind": "dropped", "section": "contacts", "property": "jobtitle", "code": "INVALID_OPTION"},
                {"kind": "dropped", "section": "contacts", "property": "fax", "code": "WHO_KNOWS"},
                {"kind": "several_companies", "count": 3},
            ],
        ),
    )
    listed = words(page.select_one("[aria-labelledby=left-out]"))
    assert "Number of Employees (Company) “100名” is not a number." in listed
    assert "Job Title (Contact) The answer is none of the options that HubSpot offers." in listed
    assert "fax (Contact) HubSpot does not take this value (WHO_KNOWS)." in listed
    assert "3 companies in HubSpot fit." in words(page.select_one(".outcome"))


def test_nothing_left_out_is_not_mentioned(log: Log, owner: Browser) -> None:
    assert opened(owner, log.add("posted")).select_one("[aria-labelledby=left-out]") is None


def test_every_attempt_is_told_newest_first(log: Log, owner: Browser) -> None:
    delivery = log.add("posted")
    said = "HubSpot answered 503: it had a fault."
    log.attempt(
        delivery, outcome="retrying", code="hubspot_busy", message=said, http_status=503, correlation_id="8a3f-1"
    )
    log.attempt(delivery, outcome="posted", step="contact")
    rows = [words(row) for row in opened(owner, delivery).select("[aria-labelledby=attempts] tbody tr")]
    assert "What HubSpot did not have yet was registered there." in rows[0]
    for told in (
        "HubSpot had a fault of its own",
        "It got as far as: Company.",
        said,
        "HTTP 503",
        "correlation id 8a3f-1",
    ):
        assert told in rows[1]


def test_answers_stand_under_their_questions_deleted_ones_last(log: Log, owner: Browser) -> None:
    asked = log.questions()
    gone, ticked, chosen = log.ask("Fax number", deleted=True), log.ask("Newsletter"), log.ask("Topics")
    log.ask("Never answered before it was deleted", deleted=True)
    answers = {str(asked["Name"]): "Mika Sato", str(gone): "03-1234", str(ticked): False, str(chosen): ["A", "B"]}
    page = opened(owner, log.add("posted", answers=answers))
    labels = [words(label) for label in page.select("[aria-labelledby=answers] dt")]
    given = [words(value) for value in page.select("[aria-labelledby=answers] dd")]
    assert list(zip(labels, given, strict=True)) == [
        ("Company Name", "no answer"),
        ("Name", "Mika Sato"),
        ("Email", "no answer"),
        ("Comment", "no answer"),
        ("Newsletter", "No"),
        ("Topics", "A, B"),
        ("Fax number (deleted question)", "03-1234"),
    ]


def test_what_guests_and_hubspot_say_is_never_markup(log: Log, owner: Browser) -> None:
    asked = log.questions()
    delivery = log.add(
        "failed",
        guest_name=POLYGLOT,
        guest_email=BROKEN_OUT,
        source=BROKEN_OUT,
        reason=BROKEN_OUT,
        company_id=BROKEN_OUT,
        hubspot_account_id='1"onclick="alert()',
        remarks=[
            {
                "kind": "left_out",
                "section": "contacts",
                "property": "x",
                "label": BROKEN_OUT,
                "code": "not_a_number",
            }
            | {"shown": POLYGLOT},
            {"kind": "dropped", "section": "contacts", "property": BROKEN_OUT, "code": BROKEN_OUT},
        ],
        answers={str(asked["Comment"]): POLYGLOT, str(asked["Name"]): [BROKEN_OUT, "b"]},
    )
    log.ask(BROKEN_OUT)
    log.attempt(delivery, code=BROKEN_OUT, message=POLYGLOT, correlation_id=BROKEN_OUT)
    page = opened(owner, delivery)
    assert page.select("img, svg[onload], [onclick], [onerror], script:not([src]), style") == []
    assert page.get_text().count(POLYGLOT) >= 4
    assert page.get_text().count(BROKEN_OUT) >= 8


def test_another_teams_deliveries_do_not_exist_and_a_colleagues_are_refused(
    log: Log, owner: Browser, member: Browser
) -> None:
    other = begin_log(log.app, "globex")
    foreign, the_owners = other.add("posted"), log.add("posted")
    assert owner.get(f"/teams/acme/deliveries/{foreign}").status_code == 404
    assert owner.get(f"/teams/globex/deliveries/{foreign}").status_code == 404
    assert member.get(f"/teams/acme/deliveries/{the_owners}").status_code == 403
    assert owner.get(f"/teams/acme/deliveries/{10**30}").status_code == 404


def test_somebody_who_is_not_signed_in_signs_in_first(log: Log) -> None:
    stranger = Browser(log.app)
    for address in ("/teams/acme/deliveries", f"/teams/acme/deliveries/{log.add('posted')}"):
        assert stranger.get(address).location == "/signin"
