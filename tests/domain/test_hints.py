"""Hints: what a sound mapping may still do otherwise than meant."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.hints import EMAIL_ROW, Hint, HintCode, MappingSeen, RowSeen, find_hints
from hubsync.domain.information import Fact, Information
from hubsync.domain.mapping import PropertyType, Section
from hubsync.domain.questions import Kind, Question

NAME = Question(1, "Company Name", Kind.TEXT, required=False)
EMAIL = Question(3, "Email", Kind.EMAIL, required=True)


def row(
    question: Question | None,
    name: str = "numberofemployees",
    kind: PropertyType = "string",
    place: int = 0,
    section: Section = Section.COMPANIES,
    **more: Any,
) -> RowSeen:
    told = Information.question(question.id) if question else None
    return RowSeen(section, place, name, kind, **{"information": told, "question": question, **more})


def email_row(question: Question = EMAIL) -> RowSeen:
    return row(question, "email", place=EMAIL_ROW, section=Section.CONTACTS)


def hints(*rows: RowSeen, companies: bool = True, contacts: bool = False, **more: Any) -> list[tuple[Any, str]]:
    """(place, code) of every hint, but for those about the missing company key and HubSpot's own companies."""
    return [(hint.place, hint.code.value) for hint in find_hints(MappingSeen(companies, contacts, rows, **more))]


def number_hint(question: Question | None, **more: Any) -> str | None:
    told = hints(row(question, kind="number", **more), row(EMAIL, "domain", place=1))
    return next((code for place, code in told if place == 0), None)


@pytest.mark.parametrize(
    ("kind", "choices", "code"),
    [
        (Kind.NUMBER, (), None),
        (Kind.TEXT, (), "may_be_no_number"),
        (Kind.LONG_TEXT, (), "may_be_no_number"),
        (Kind.PHONE, (), "may_be_no_number"),
        (Kind.NAME, (), "never_a_number"),
        (Kind.EMAIL, (), "never_a_number"),
        (Kind.DATE, (), "never_a_number"),
        (Kind.CHECK_BOX, (), "never_a_number"),
        (Kind.SINGLE_CHOICE, ("10", "1,000"), None),
        (Kind.SINGLE_CHOICE, ("10", "more"), "may_be_no_number"),
        (Kind.SINGLE_CHOICE, ("1-10", "more"), "never_a_number"),
        (Kind.SEVERAL_CHOICES, ("10", "20"), "may_be_no_number"),
    ],
)
def test_a_number_property_tells_what_will_not_be_a_number(
    kind: Kind, choices: tuple[str, ...], code: str | None
) -> None:
    assert number_hint(Question(9, "Size", kind, required=True, choices=choices)) == code


def test_facts_and_url_parameters_are_mostly_no_numbers() -> None:
    assert number_hint(None, information=Information.fact(Fact.START)) == "never_a_number"
    assert number_hint(None, information=Information.fact(Fact.CALENDAR)) == "may_be_no_number"
    assert number_hint(None, information=Information.param("size")) == "may_be_no_number"


def test_a_text_property_takes_everything() -> None:
    assert hints(row(NAME, "city"), row(EMAIL, "domain", place=1)) == [(1, "domain_of_email")]


def test_a_domain_says_what_becomes_of_the_answer() -> None:
    assert hints(row(EMAIL, "domain")) == [(0, "domain_of_email")]
    website = Question(8, "Website", Kind.TEXT, required=True)
    assert hints(row(website, "domain")) == [(0, "domain_of_text")]
    assert hints(row(website, "domain", section=Section.CONTACTS), companies=False, contacts=True) == []


def test_companies_with_neither_name_nor_domain_are_never_posted() -> None:
    assert hints() == [(None, "no_company_key")]
    assert hints(row(NAME, "city")) == [(None, "no_company_key")]
    assert hints(row(None, "name")) == [(None, "no_company_key")]  # nothing selected yet
    assert hints(companies=False) == []


def test_an_optional_question_as_the_only_key_is_named_at_its_row() -> None:
    assert hints(row(NAME, "name", place=4)) == [(4, "optional_company_key")]
    required = Question(1, "Company Name", Kind.TEXT, required=True)
    assert hints(row(required, "name")) == []
    assert hints(row(NAME, "name"), row(EMAIL, "domain", place=1)) == [(1, "domain_of_email")]
    assert hints(row(None, "name", information=Information.param("company"))) == [(0, "optional_company_key")]


def test_contacts_without_the_emails_domain_may_get_companies_of_hubspots_own() -> None:
    told = (None, "hubspot_may_add_companies")
    assert told in hints(email_row(), companies=False, contacts=True)
    assert told in hints(email_row(), row(NAME, "name"), contacts=True)
    assert told not in hints(email_row(), row(EMAIL, "domain"), contacts=True)
    assert told in hints(email_row(), row(EMAIL, "domain"), companies=False, contacts=True)
    other = Question(7, "Billing e-mail", Kind.EMAIL, required=True)
    assert told in hints(email_row(), row(other, "domain"), contacts=True)


def test_an_optional_email_question_posts_no_contact_when_left_open() -> None:
    optional = Question(7, "Second e-mail", Kind.EMAIL, required=False)
    told = (EMAIL_ROW, "optional_email")
    assert told in hints(email_row(optional), companies=False, contacts=True)
    assert told not in hints(email_row(), companies=False, contacts=True)


def test_what_hubspot_requires_is_asked_for_where_no_row_gives_it() -> None:
    required = {Section.COMPANIES: ("industry", "city")}
    writable = {Section.COMPANIES: frozenset({"city", "name", "domain"})}
    sure = Question(6, "Place", Kind.TEXT, required=True)
    key = row(sure, "name", place=9)
    found = find_hints(MappingSeen(True, False, (key,), required, writable))
    assert found == [
        Hint(Section.COMPANIES, None, HintCode.REQUIRED_NOT_WRITABLE, "industry"),
        Hint(Section.COMPANIES, None, HintCode.REQUIRED_WITHOUT_ROW, "city"),
    ]
    assert hints(key, row(sure, "city"), required={Section.COMPANIES: ("city",)}) == []
    assert hints(key, row(NAME, "city"), required={Section.COMPANIES: ("city",)}) == [(0, "required_but_optional")]
    assert hints(key, row(None, "city"), required={Section.COMPANIES: ("city",)}) == [
        (None, "required_without_row")
    ]
    assert hints(companies=False, required={Section.COMPANIES: ("city",)}) == []


def test_a_row_that_lost_its_question_or_property_says_so_even_when_its_section_is_off() -> None:
    lost = row(None, "city", information=Information.question(99))
    gone = row(NAME, "rank", place=1, kind="number", property_gone=True)
    expected = [(0, "question_gone"), (1, "property_gone")]
    assert hints(lost, gone, companies=False) == expected
    assert hints(lost, gone) == [*expected, (None, "no_company_key")]
    deleted_key = row(None, "name", information=Information.question(99))
    assert hints(deleted_key) == [(0, "question_gone"), (None, "no_company_key")]


def test_a_row_whose_value_hubspot_did_not_take_is_marked() -> None:
    sure = row(Question(6, "Firm", Kind.TEXT, required=True), "name", place=1)
    told = {Section.COMPANIES: frozenset({"city", "zip"})}
    assert hints(sure, row(NAME, "city"), not_taken=told) == [(0, "not_taken_lately")]
    assert hints(sure, row(NAME, "city"), companies=False, not_taken=told) == []
