"""What comes back to a guest whose form cannot be taken: the reason at the field, and everything typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from werkzeug.test import TestResponse

from hubsync.domain.questions import Kind
from tests.kit.guest import ADDRESS, Guest, error_at, guest, token_of
from tests.kit.page import read_page

__all__ = ["guest"]

EVIL = "\"><script>alert('x')</script><img src=x onerror=alert(1)>"


def refused(guest: Guest, answer: TestResponse) -> None:
    assert answer.status_code == 422
    assert guest.bookings() == []


def test_a_missing_required_answer_is_named_at_its_field_and_on_top(guest: Guest) -> None:
    answer = guest.send(Name=" \u3000", Comment="line one\nline two")
    refused(guest, answer)
    page = read_page(answer)
    assert error_at(page, guest.names["Name"]) == "Please answer this."
    summary = page.select_one(".error-summary[role=alert][data-focus][tabindex='-1']")
    assert summary is not None
    assert [link["href"] for link in summary.select("a")] == [f"#{guest.names['Name']}"]
    assert error_at(page, guest.names["Email"]) == ""


def test_everything_typed_and_chosen_comes_back(guest: Guest) -> None:
    guest.ask("Plan", Kind.SINGLE_CHOICE, choices=["Small", "Large"])
    guest.ask("Colour", Kind.SINGLE_CHOICE, choices=[f"no. {n}" for n in range(9)])
    guest.ask("Topics", Kind.SEVERAL_CHOICES, choices=["Price", "Support", "Security"])
    guest.ask("Terms", Kind.CHECK_BOX)
    sent = guest.filled(
        time="09:05",
        time_zone="Europe/Paris",
        Email="花子＠acme.example",
        Company_Name="会社",
        Comment="line one\nline <two>",
        Plan="Large",
        Colour="no. 7",
        Topics=["Price", "Security"],
        Terms="yes",
    )
    answer = guest.post(sent)
    refused(guest, answer)
    page = read_page(answer)
    assert "not an e-mail address" in error_at(page, guest.names["Email"])
    kept: dict[str, list[str]] = {}
    for control in page.select("form [name]:not(button)"):
        if control.name == "select":
            kept[str(control["name"])] = [str(option["value"]) for option in control.select("option[selected]")]
        elif control.name == "textarea":
            kept[str(control["name"])] = [control.get_text()]
        elif control.get("type") not in ("radio", "checkbox") or control.has_attr("checked"):
            kept.setdefault(str(control["name"]), []).append(str(control["value"]))
    del kept["form_token"], kept["lang"], sent["form_token"]
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in sent.items()}


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("花子＠acme.example", "full-width or other letters"),
        ("mika@acmeー.example", "full-width or other letters"),
        ("a@acme.example, b@acme.example", "more than one @"),
        ("a@acme.example；b@acme.example", "more than one @"),
        ("mika", "the @ is missing"),
        ("mika@", "the part after the @ is missing"),
        ("@acme.example", "the part before the @ is missing"),
        ("mika@acme", "the part after the @ is not complete"),
        ("mika sato@acme.example", "a space or a line break"),
        ("mika\ufffc@acme.example", "a hidden sign"),
        ("mika@192.168.0.1", "numbers after the @"),
        ("mika@acme_b.example", "not the name of a mail domain"),
        ("mi:ka@acme.example", "a sign before the @"),
        ("m" * 300 + "@acme.example", "too long"),
    ],
)
@pytest.mark.quick_cases(4)
def test_what_is_no_address_comes_back_with_its_cause(guest: Guest, typed: str, cause: str) -> None:
    answer = guest.send(Email=typed)
    refused(guest, answer)
    page = read_page(answer)
    assert cause in error_at(page, guest.names["Email"])
    field = page.select_one(f"#{guest.names['Email']}")
    assert field is not None
    assert field["value"] == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｍｉｋａ＠ａｃｍｅ．ｅｘａｍｐｌｅ", "mika@acme.example"),
        ("Mika Sato <Mika@ACME.example>", "Mika@acme.example"),
        ("mailto:mika@acme.example", "mika@acme.example"),
        ("mika@acme.example.", "mika@acme.example"),
        ("mika@アクメ.example", "mika@xn--cck0a4k.example"),
        ("mika..sato.@docomo.ne.jp", "mika..sato.@docomo.ne.jp"),
    ],
)
@pytest.mark.quick_cases(3)
def test_an_address_is_kept_as_it_was_read(guest: Guest, typed: str, kept: str) -> None:
    assert guest.send(Email=typed).status_code == 303
    booking = guest.bookings()[0]
    assert kept in booking.answers.values()
    assert booking.guest_email == kept.lower()


@pytest.mark.parametrize(
    ("kind", "more", "typed", "sentence"),
    [
        (Kind.NUMBER, {}, "1,5", "not a number"),
        (Kind.DATE, {}, "tomorrow", "not a date"),
        (Kind.SINGLE_CHOICE, {"choices": ["a", "b"]}, "c", "no longer offered"),
        (Kind.SEVERAL_CHOICES, {"choices": ["a", "b"]}, ["a", "c"], "no longer offered"),
        (Kind.SEVERAL_CHOICES, {"choices": ["a", "b"], "required": True}, [], "Choose at least one."),
        (Kind.SINGLE_CHOICE, {"choices": ["a", "b"], "required": True}, [], "Choose one."),
        (Kind.CHECK_BOX, {"required": True}, [], "Tick this box"),
        (Kind.TEXT, {}, "x" * 10_001, "too long"),
    ],
)
@pytest.mark.quick_cases(4)
def test_every_kind_says_what_is_wrong(
    guest: Guest, kind: Kind, more: dict[str, object], typed: object, sentence: str
) -> None:
    guest.ask("Extra", kind, **more)
    answer = guest.send(Extra=typed)
    refused(guest, answer)
    page = read_page(answer)
    assert sentence in error_at(page, guest.names["Extra"])
    link = page.select_one(".error-summary a")
    assert link is not None
    target = page.select_one(link["href"])
    assert target is not None
    assert target.name in ("input", "select", "textarea")


@pytest.mark.parametrize("forged", ["", "x", "eyJwYWdlIjoiaW50cm8ifQ.aaaa.bbbb"])
def test_a_form_without_our_token_comes_back_with_a_new_one(guest: Guest, forged: str) -> None:
    answer = guest.send(token=forged, Comment="typed with care")
    refused(guest, answer)
    page = read_page(answer)
    assert "Please send it again" in page.get_text()
    assert "typed with care" in page.get_text()
    assert guest.send(token_of(page)).status_code == 303


def test_a_token_of_another_booking_page_is_not_taken(guest: Guest) -> None:
    token = guest.token()
    guest.change(slug="moved")
    sent = guest.post(guest.filled(token), "/book/moved")
    refused(guest, sent)


def test_a_form_is_taken_for_twelve_hours_and_then_comes_back_typed(guest: Guest) -> None:
    opened = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    with time_machine.travel(opened):
        early, late = guest.token("?utm_source=news"), guest.token("?utm_source=mail")
    with time_machine.travel(opened + timedelta(hours=11, minutes=59)):
        assert guest.send(early, date="2026-12-01").status_code == 303
    with time_machine.travel(opened + timedelta(hours=12, minutes=1)):
        answer = guest.send(late, date="2026-12-01", Comment="typed with care")
        assert answer.status_code == 422
        assert "typed with care" in answer.text
        assert len(guest.bookings()) == 1
        assert guest.send(token_of(read_page(answer)), date="2026-12-02").status_code == 303
    assert [booking.url_params for booking in guest.bookings()] == [{"utm_source": "news"}, {"utm_source": "mail"}]


def test_a_completed_form_that_got_too_old_is_still_the_same_booking(guest: Guest) -> None:
    opened = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    with time_machine.travel(opened):
        token = guest.token()
        first = guest.send(token, date="2026-12-01")
    with time_machine.travel(opened + timedelta(hours=13)):
        renewed = token_of(read_page(guest.send(token, date="2026-12-01")))
        assert guest.send(renewed, date="2026-12-01").location == first.location
    assert len(guest.bookings()) == 1


def test_a_form_with_the_field_that_nobody_sees_is_not_taken(guest: Guest) -> None:
    answer = guest.send(homepage="https://spam.example")
    refused(guest, answer)
    assert "Nothing was booked yet" in answer.text
    trap = read_page(answer).select_one("#homepage")
    assert trap is not None
    assert (trap["value"], trap["tabindex"], trap["autocomplete"]) == ("", "-1", "off")
    assert any(each.get("aria-hidden") == "true" for each in trap.parents)


def test_what_guests_and_owners_write_is_text_and_never_markup(guest: Guest) -> None:
    guest.ask(EVIL, Kind.SINGLE_CHOICE, choices=[EVIL, "other"], supplement=EVIL)
    guest.ask(EVIL + "2", Kind.CHECK_BOX)
    guest.change(name=EVIL)
    answer = guest.send(Name=EVIL, Email=EVIL, Comment="</textarea>" + EVIL, start=EVIL, time_zone=EVIL)
    refused(guest, answer)
    confirmation = guest.get(guest.send(Name=EVIL).location)
    for shown in (guest.get(f"{ADDRESS}?utm_x={EVIL}"), answer, confirmation):
        page = read_page(shown)
        assert not page.select("img, script:not([src])")
        assert not [tag for tag in page.select("*") if any(name.startswith("on") for name in tag.attributes)]


def test_a_form_of_more_than_192_kb_is_not_read(guest: Guest) -> None:
    token = guest.token()
    answer = guest.send(token, Comment="x" * 196_608)
    assert answer.status_code == 413
    assert "That was too much text" in answer.text
    assert guest.bookings() == []


def test_the_longest_japanese_comment_fits_into_the_form(guest: Guest) -> None:
    form = guest.filled(Comment="語" * 10_000)
    page = guest.open().select_one("form")
    assert page is not None
    # Without another word browsers write a percent sign for each byte, which makes the form three times as long.
    assert not page.has_attr("enctype")
    sent = guest.post(form)
    assert sent.status_code == 303
