"""Teaching a source's fields by a sample, as a browser without JavaScript does it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints, samples
from hubsync.sources.registry import SOURCES, read_sample
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.sources import IntakeEndpoint
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import Element, words
from tests.kit.tab import Tab

SOURCE = SOURCES["signed_webhook"]
PAGE = "/teams/acme/settings/integrations/signed-webhook/1"
TEACH = f"{PAGE}/teach"
BODY = {
    "ref": "b-7",
    "who": {"mail": "mika@acme.co.jp", "called": "Mika Sato"},
    "when": "2030-01-15T10:00:00+09:00",
    "fields": [{"label": "Topic", "value": "Price"}],
    "paid": True,
}


class Address:
    """An address of Acme for a sender that nobody knows, and that sender."""

    def __init__(self, app: Flask, team: Team, owner: Browser) -> None:
        self.app, self.team, self.owner = app, team, owner
        with app.app_context():
            self.secret = endpoint_setup.add_endpoint(team.id, SOURCE.name, options={"preset": "another"}).secret
            self.path = endpoints.list_endpoints(team.id)[0].address.removeprefix("http://localhost:8000")

    def send(self, body: Any = BODY) -> int:
        raw = json.dumps(body).encode()
        proof = SOURCE.prove(self.secret, raw, now())
        client = self.app.test_client()
        address, headers = "http://localhost:8000", dict(proof.headers)
        with client.post(self.path, base_url=address, data=raw, headers=headers) as answer:
            return answer.status_code  # it is listed when the answer has gone

    def open(self) -> Tab:
        return Tab(self.owner).open(TEACH)

    def options(self) -> dict[str, Any]:
        with self.app.app_context():
            found = dict(db.session.query(IntakeEndpoint).one().options)
            end_read()
            return found

    def bookings(self) -> list[BookingRecord]:
        with self.app.app_context():
            return db.session.query(BookingRecord).all()


@pytest.fixture
def address(app: Flask, team: Team, owner: Browser) -> Address:
    return Address(app, team, owner)


def branch(page: Element, name: str) -> str:
    """What pressing the branch with these words sends."""
    found = [each for each in page.select("button.branch") if words(each).startswith(name)]
    assert found, f"no branch {name!r} among {words(page)[:800]}"
    return f"branch={found[0]['value']}"


def field(page: Element, role: str) -> str:
    """What a field says of itself, without its pull-down."""
    shown = page.select_one(f"#field-{role}").find_parent("li")
    return " ".join(words(each) for each in shown.select("label, .taught-words, .field-error"))


def active(page: Element) -> str:
    return str(page.select_one("input[name=field][checked]")["value"])


def test_the_first_delivery_is_taught_saved_and_comes_in(address: Address) -> None:
    assert "Its fields have not been taught yet" in Tab(address.owner).open(PAGE).text
    assert "Begin with a sample" in address.open().text
    assert address.send() == 422
    tab = Tab(address.owner).open(PAGE)
    assert "A first delivery came in: teach its fields" in tab.text
    tab.follow("Teach its fields")
    assert "HubSync guessed these fields: look them over." in tab.text
    assert field(tab.page, "email") == "E-mail of the guest who › mail mika@acme.co.jp"
    assert "come in as leads, without an appointment" in tab.text
    tab.press("", sends=branch(tab.page, "when"), field="start")
    assert "Start is taken from when." in tab.text
    assert active(tab.page) == "end"
    tab.press("", sends=branch(tab.page, "called"), field="name")
    tab.press("", sends=branch(tab.page, "ref"), field="id")
    assert "Calendar Signed webhook (would be added)" in tab.text  # not one called Another
    assert "Mika Sato <mika@acme.co.jp>" in words(tab.page.select_one("#would-be").parent)
    assert "without an appointment" not in tab.text
    assert (address.bookings(), address.options()) == ([], {"preset": "another"})  # nothing before Save
    tab.press("Save", take="1")
    assert "The first delivery came in." in tab.text
    [booking] = address.bookings()
    assert (booking.external_id, booking.guest_name, str(booking.starts_at)) == (
        "1:b-7",
        "Mika Sato",
        "2030-01-15 01:00:00+00:00",
    )
    tab.follow("Open its delivery")
    assert "mika@acme.co.jp" in tab.text
    assert "Begin with a sample" in address.open().text  # the sample is forgotten


def test_pull_downs_teach_without_a_press_and_are_kept_with_every_button(address: Address) -> None:
    address.send()
    tab = address.open()
    start, name = tab.option("when", "at-start"), tab.option("who › called", "at-name")
    tab.press("Show what the pull-downs say", **{"at-start": start, "at-name": name})
    assert (field(tab.page, "start"), field(tab.page, "name")) == (
        "Start when 2030-01-15T10:00:00+09:00",
        "Name of the guest who › called Mika Sato",
    )
    tab.press("Save", **{"at-id": tab.option("ref", "at-id"), "take": None})
    assert address.bookings() == []
    assert address.options()["teaching"]["id"] == [["ref"]]
    assert address.send() == 200


def test_the_parts_of_a_name_stand_in_the_order_of_the_readers_language(address: Address) -> None:
    address.send()
    parts = {"field-first_name", "field-last_name"}
    orders = []
    for language in ("en", "ja"):
        shown = address.owner.open(TEACH, headers={"Accept-Language": language})
        orders.append([str(each["id"]) for each in shown.select("[id^=field-]") if each["id"] in parts])
    assert orders == [["field-first_name", "field-last_name"], ["field-last_name", "field-first_name"]]


def test_a_field_is_removed_and_guessed_anew(address: Address) -> None:
    address.send()
    tab = address.open()
    [places] = [each["value"] for each in tab.page.select("#remove-email-1")]
    tab.press("", sends=f"remove={places}")
    assert (field(tab.page, "email"), active(tab.page)) == ("E-mail of the guest", "email")
    tab.press("Guess them anew")
    assert "who › mail" in field(tab.page, "email")


def test_a_branch_that_cannot_be_the_field_says_so_and_changes_nothing(address: Address) -> None:
    address.send()
    tab = address.open()
    tab.press("", sends=branch(tab.page, "ref"), field="start")
    assert tab.status == 422
    assert "ref cannot be taken as Start: its value does not look like one." in tab.text
    assert (field(tab.page, "start"), active(tab.page)) == ("Start", "start")


def test_what_the_sample_lacks_is_said_at_its_field_and_not_saved(address: Address) -> None:
    address.send({**BODY, "when": None})
    tab = address.open()
    tab.press("", sends=branch(tab.page, "when"), field="start")
    assert field(tab.page, "start") == "Start when is missing"
    assert "Start : is missing" in words(tab.page.select_one("#would-be").parent)
    tab.press("Save")
    assert (tab.status, address.options()) == (422, {"preset": "another"})


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "no json",
        "[]",
        '{"preset": "typeform", "scheme": {}}',
        '{"preset": "another", "teaching": {"start": [["\\u0000", -1]]}}',
        '{"preset": "another", "teaching": {"version": 2}}',
        '{"preset": "another", "scheme": {"carrier": "secret_address"}}',
        "[" * 100_000,
    ],
    ids=["nothing", "text", "list", "preset", "path", "version", "scheme", "deep"],
)
@pytest.mark.quick_cases(3)
def test_a_draft_that_was_tampered_with_is_refused_and_the_kept_one_shown(address: Address, draft: str) -> None:
    address.send()
    tab = address.open().press("Save", draft=draft)
    assert tab.status == 422
    assert "What the page sent cannot be read. This is what is kept." in tab.text
    assert address.options() == {"preset": "another"}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(address: Address) -> None:
    address.send()
    tab, other = address.open(), address.open()
    other.press("Teach by this", body=json.dumps({**BODY, "ref": "b-8"}))
    tab.press("Save")
    assert tab.status == 409
    assert "were changed meanwhile" in tab.text


def test_a_pasted_sample_teaches_and_is_nobodys_booking(address: Address) -> None:
    tab = address.open().press("Teach by this", body=json.dumps(BODY))
    assert "The sample you pasted" in tab.text
    assert tab.page.select_one("#take") is None
    tab.press("", sends=branch(tab.page, "when"), field="start").press("Save")
    assert "The fields are saved." in tab.text
    assert address.bookings() == []
    assert address.send() == 200


def test_a_sender_whose_fields_have_changed_leads_to_them(address: Address) -> None:
    tab = address.open().press("Teach by this", body=json.dumps(BODY)).press("Save")
    hint = "point at its fields anew"
    assert hint not in tab.text
    assert address.send({"nothing": "of that"}) == 422
    assert hint in tab.open(PAGE).text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "Paste what your booking tool sent."),
        ("no json", "body is not JSON"),
        ("payload=%7B%7D&event=x", "body is a form's data; choose JSON at the sender"),
        ("[1, 2]", "body must be an object"),
        ("[" * 100_000, "body is nested too deeply"),
        (json.dumps({"filler": "x" * 1_048_576}), "is larger than 1 MB"),
    ],
    ids=["nothing", "text", "form", "list", "too deep", "large"],
)
@pytest.mark.quick_cases(3)
def test_what_teaches_nothing_is_said_at_its_field(address: Address, body: str, told: str) -> None:
    tab = address.open().press("Teach by this", body=body)
    assert tab.status == 422
    assert told in words(tab.page.select_one("#body-error"))
    with address.app.app_context():
        assert samples.find_sample(1) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"id": ' * 50 + "1" + "}" * 50, "group"),
        pytest.param(
            json.dumps({f"key {number}": str(number) for number in range(5_000)}),
            "are not shown.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            json.dumps({"filler": "x" * 1_000_000, "mail": "mika@acme.co.jp"}),
            "mika@acme.co.jp",
            marks=pytest.mark.slow,
        ),
        (r'{"a\ud800": "\ud83d", "b\u0000": "\u0000", "c\r\n": [{"label": "\udfff", "value": "x"}]}', "list"),
        (json.dumps({"<b>": "</textarea><script>", "'\"": [{"label": "", "value": ""}] * 3}), "<script>"),
    ],
    ids=["deep", "keys", "large", "surrogates", "marks"],
)
def test_odd_samples_are_shown_and_taught(address: Address, body: str, told: str) -> None:
    tab = address.open().press("Teach by this", body=body)
    assert told in tab.text
    assert tab.page.select_one("button.branch") is not None
    tab.press("Guess them anew")
    assert tab.status == 200


def test_a_preset_shows_what_it_knows_of_its_own(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        endpoint_setup.add_endpoint(team.id, SOURCE.name, options={"preset": "savvycal"}, secret="entered")
    tab = Tab(owner).open(TEACH)
    assert "The fields are known." in tab.text
    sample = read_sample(endpoints.configured(SOURCE, {"preset": "savvycal"}), "savvycal")
    assert sample is not None
    tab.press("Teach by this", body=sample.decode())
    assert "start_at" in field(tab.page, "start")
    tab.press("Save")
    assert "The fields are saved." in tab.text


def test_those_that_came_after_the_first_are_counted_and_come_in_with_it(address: Address) -> None:
    for ref in ("b-7", "b-8", "b-9"):
        assert address.send({**BODY, "ref": ref}) == 422
    tab = address.open()
    assert "Take this delivery in now, and the 2 that came after it" in tab.text
    tab.press("Save")
    assert len(address.bookings()) == 3
