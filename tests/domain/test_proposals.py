"""Proposals: which question goes into which property, by what it is and how it is labelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.information import Information, Piece
from hubsync.domain.labels import forms, normalised
from hubsync.domain.mapping import Section
from hubsync.domain.property_names import property_names
from hubsync.domain.proposals import ExistingRow, Proposal, WritableProperty, propose_rows
from hubsync.domain.questions import DEFAULT_QUESTIONS, Kind, Question
from hubsync.hubspot.properties import ARTICLE_COMPANY, ARTICLE_CONTACT

NUMBERS = {"numberofemployees", "annualrevenue"}
WRITABLE = {
    Section.COMPANIES: tuple(
        WritableProperty(name, label, "number" if name in NUMBERS else "string") for name, label in ARTICLE_COMPANY
    ),
    Section.CONTACTS: tuple(
        WritableProperty(name, label, "number" if name == "annualrevenue" else "string")
        for name, label in ARTICLE_CONTACT
    ),
}
COMPANY, NAME, EMAIL, COMMENT = DEFAULT_QUESTIONS


def shown(made: list[Proposal]) -> list[str]:
    return [f"{each.section}.{each.property_name} <- {each.information.token}" for each in made]


def proposed_for(label: str, kind: Kind = Kind.TEXT) -> str | None:
    """Where one more question with this label would go."""
    made = propose_rows([Question(9, label, kind, required=False)], WRITABLE, ())
    found = [f"{each.section}.{each.property_name}" for each in made]
    return found[0] if found else None


def test_the_default_questions_go_where_everybody_wants_them() -> None:
    assert shown(propose_rows(DEFAULT_QUESTIONS, WRITABLE, ())) == [
        "companies.name <- question:1",
        "companies.domain <- question:3",
        "contacts.email <- question:3",
        "contacts.lastname <- question:2:family_name",
        "contacts.firstname <- question:2:given_name",
    ]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Job Title", "contacts.jobtitle"),
        ("Your name", None),
        ("Name", None),
        ("What is your full name?", None),
        ("job  title (optional)", "contacts.jobtitle"),
        ("JOB-TITLE:", "contacts.jobtitle"),
        ("ＪＯＢ　ＴＩＴＬＥ", "contacts.jobtitle"),
        ("jobtitle", "contacts.jobtitle"),
        ("Your role", "contacts.jobtitle"),
        ("What is your job title?", "contacts.jobtitle"),
        ("役職", "contacts.jobtitle"),
        ("お役職（任意）", "contacts.jobtitle"),
        ("役職をご記入ください", "contacts.jobtitle"),
        ("会社名", "companies.name"),
        ("御社名", "companies.name"),
        ("Company name", "companies.name"),
        ("電話番号", "contacts.phone"),
        ("お電話番号", "contacts.phone"),
        ("会社の電話番号", "companies.phone"),
        ("Company phone", "companies.phone"),
        ("携帯電話番号", "contacts.mobilephone"),
        ("従業員数", "companies.numberofemployees"),
        ("御社の従業員数を教えてください", "companies.numberofemployees"),
        ("業種", "contacts.industry"),
        ("ご住所", "contacts.address"),
        ("会社の住所", "companies.address"),
        ("建物名", "companies.address2"),
        ("Website", "companies.website"),
        ("Annual Revenue", "companies.annualrevenue"),
        ("姓", "contacts.lastname"),
        ("名", "contacts.firstname"),
        ("国・地域", "contacts.country"),
        ("Comment", None),
        ("Anything else?", None),
        ("？", None),
    ],
)
def test_labels_find_their_property_in_english_and_japanese(label: str, expected: str | None) -> None:
    assert proposed_for(label) == expected


def test_every_property_of_the_article_is_found_by_the_label_it_is_offered_under() -> None:
    for section, article in ((Section.COMPANIES, ARTICLE_COMPANY), (Section.CONTACTS, ARTICLE_CONTACT)):
        assert set(property_names()[section]) == {name for name, _label in article}
        only = {section: WRITABLE[section]}
        for name, label in article:
            kind = Kind.EMAIL if name == "email" else Kind.TEXT
            words = "Email" if name == "email" else label
            made = propose_rows([Question(9, words, kind, required=False)], only, (), [section])
            assert Proposal(section, name, Information.question(9)) in made, label


def test_the_accounts_own_properties_are_found_by_label_and_by_internal_name() -> None:
    own = {Section.COMPANIES: (WritableProperty("deal_size", "Expected deal size", "string"),)}
    for label in ("expected deal-size", "Deal size", "deal_size"):
        made = propose_rows([Question(9, label, Kind.TEXT, required=False)], own, ())
        assert shown(made) == ["companies.deal_size <- question:9"], label


def test_what_hubspot_does_not_have_is_not_proposed() -> None:
    assert shown(propose_rows(DEFAULT_QUESTIONS, {}, ())) == ["contacts.email <- question:3"]


def test_a_row_that_is_there_is_neither_overwritten_nor_doubled() -> None:
    taken = [
        ExistingRow(Section.COMPANIES, "name", Information.param("utm_source")),
        ExistingRow(Section.CONTACTS, "email", Information.question(3)),
        ExistingRow(Section.CONTACTS, "jobtitle", Information.question(4)),
    ]
    more = (*DEFAULT_QUESTIONS, Question(9, "Job Title", Kind.TEXT, required=False))
    assert shown(propose_rows(more, WRITABLE, taken)) == [
        "companies.domain <- question:3",
        "contacts.lastname <- question:2:family_name",
        "contacts.firstname <- question:2:given_name",
    ]


def test_proposing_twice_proposes_nothing_new() -> None:
    questions = (*DEFAULT_QUESTIONS, Question(9, "役職", Kind.TEXT, required=False))
    first = propose_rows(questions, WRITABLE, ())
    taken = [ExistingRow(each.section, each.property_name, each.information) for each in first]
    assert propose_rows(questions, WRITABLE, taken) == []


def test_a_row_with_a_property_only_is_completed() -> None:
    taken = [ExistingRow(Section.COMPANIES, "name", None, waits=True)]
    assert shown(propose_rows([COMPANY], WRITABLE, taken)) == ["companies.name <- question:1"]
    assert propose_rows([COMPANY], WRITABLE, [ExistingRow(Section.COMPANIES, "name", None)]) == []


def test_a_question_that_a_person_mapped_otherwise_is_left_alone() -> None:
    phone = Question(9, "Phone", Kind.PHONE, required=False)
    taken = [ExistingRow(Section.CONTACTS, "mobilephone", Information.question(9))]
    assert propose_rows([phone], WRITABLE, taken) == []
    whole = [ExistingRow(Section.CONTACTS, "lastname", Information.question(2))]
    assert propose_rows([NAME], WRITABLE, whole) == []


@pytest.mark.parametrize(
    ("property_name", "piece", "other"),
    [
        ("lastname", Piece.BEFORE_SPACE, "contacts.firstname <- question:2:after_space"),
        ("lastname", Piece.AFTER_SPACE, "contacts.firstname <- question:2:before_space"),
        ("firstname", Piece.GIVEN_NAME, "contacts.lastname <- question:2:family_name"),
    ],
)
def test_the_other_half_of_a_name_follows_the_half_that_is_there(
    property_name: str, piece: Piece, other: str
) -> None:
    taken = [ExistingRow(Section.CONTACTS, property_name, Information.question(2, piece))]
    assert shown(propose_rows([NAME], WRITABLE, taken)) == [other]


def test_a_form_of_address_that_is_mapped_keeps_nobody_from_the_two_names() -> None:
    taken = [ExistingRow(Section.CONTACTS, "salutation", Information.question(2, Piece.HONORIFIC))]
    assert shown(propose_rows([NAME], WRITABLE, taken)) == [
        "contacts.lastname <- question:2:family_name",
        "contacts.firstname <- question:2:given_name",
    ]


def test_two_questions_of_one_label_get_one_row_and_the_second_takes_what_is_left() -> None:
    questions = [Question(8, "Phone", Kind.PHONE, False), Question(9, "Telephone", Kind.PHONE, False)]
    assert shown(propose_rows(questions, WRITABLE, ())) == ["contacts.phone <- question:8"]
    alike = [Question(8, "City", Kind.TEXT, False), Question(9, "Town", Kind.TEXT, False)]
    assert shown(propose_rows(alike, WRITABLE, ())) == [
        "companies.city <- question:9",
        "contacts.city <- question:8",
    ]


def test_a_section_that_is_off_gets_nothing() -> None:
    made = propose_rows(DEFAULT_QUESTIONS, WRITABLE, (), [Section.COMPANIES])
    assert {each.section for each in made} == {Section.COMPANIES}
    assert shown(propose_rows([Question(9, "Phone", Kind.PHONE, False)], WRITABLE, (), [Section.COMPANIES])) == [
        "companies.phone <- question:9"
    ]


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.CHECK_BOX, Kind.EMAIL, Kind.SEVERAL_CHOICES])
def test_a_number_property_is_not_proposed_for_what_is_no_number(kind: Kind) -> None:
    assert proposed_for("Number of Employees", kind) != "companies.numberofemployees"
    assert proposed_for("Number of Employees", Kind.NUMBER) == "companies.numberofemployees"


def test_email_is_only_proposed_for_an_email_question() -> None:
    assert proposed_for("Email", Kind.TEXT) is None
    assert proposed_for("メールアドレス", Kind.EMAIL) == "companies.domain"  # and the fixed row, see above


@given(st.text(max_size=40), st.sampled_from(Kind))
def test_any_label_whatever_ends_well(label: str, kind: Kind) -> None:
    made = propose_rows([Question(9, label, kind, required=False)], WRITABLE, ())
    assert len({(each.section, each.property_name) for each in made}) == len(made)
    assert normalised(normalised(label)) == normalised(label) or forms(label)
