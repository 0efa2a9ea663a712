from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.information import parse_information
from hubsync.domain.mapping import (
    AnsweredQuestion,
    Draft,
    LeftOutCode,
    MappingInput,
    MappingRows,
    Row,
    Section,
    make_draft,
)
from hubsync.domain.questions import Kind
from hubsync.domain.values import answer_text

COMPANY, NAME, EMAIL, SIZE, TOPICS, NEWS = range(1, 7)
FREE = frozenset({"gmail.com"})

MATERIAL = MappingInput(
    answers={
        COMPANY: AnsweredQuestion(Kind.TEXT, "Company Name", " Acme "),
        NAME: AnsweredQuestion(Kind.NAME, "Name", "山田\u3000花子"),
        EMAIL: AnsweredQuestion(Kind.EMAIL, "Email", "Hanako+1@Acme.com"),
        SIZE: AnsweredQuestion(Kind.NUMBER, "Employees", "1,200"),
        TOPICS: AnsweredQuestion(Kind.SEVERAL_CHOICES, "Topics", ("Price", "Support")),
        NEWS: AnsweredQuestion(Kind.CHECK_BOX, "Newsletter", False),
    },
    facts={"start": "2026-12-01T10:00:00+09:00", "calendar": "Introduction", "host": ""},
    url_params={"utm_source": " spring ", "empty": " "},
)


def row(section: Section, name: str, information: str, kind: str = "string") -> Row:
    return Row(section, name, f"Label of {name}", kind, parse_information(information))


def company(name: str, information: str, kind: str = "string") -> Row:
    return row(Section.COMPANIES, name, information, kind)


def contact(name: str, information: str, kind: str = "string") -> Row:
    return row(Section.CONTACTS, name, information, kind)


def draw(*rows: Row, companies: bool = True, contacts: bool = True, material: MappingInput = MATERIAL) -> Draft:
    return make_draft(MappingRows(companies, contacts, rows), material, FREE.__contains__)


def with_answer(question: int, value: object) -> MappingInput:
    answered = replace(MATERIAL.answers[question], value=value)
    return replace(MATERIAL, answers={**MATERIAL.answers, question: answered})


def test_rows_become_a_company_and_a_contact():
    draft = draw(
        company("name", f"question:{COMPANY}"),
        company("domain", f"question:{EMAIL}"),
        company("numberofemployees", f"question:{SIZE}", "number"),
        contact("email", f"question:{EMAIL}"),
        contact("lastname", f"question:{NAME}:before_space"),
        contact("firstname", f"question:{NAME}:after_space"),
        contact("jobtitle", f"question:{TOPICS}"),
        contact("industry", f"question:{NEWS}"),
        contact("message", "fact:start"),
        contact("hs_analytics", "param:utm_source"),
    )
    assert draft.company == {"name": "Acme", "domain": "acme.com", "numberofemployees": "1200"}
    assert draft.contact == {
        "email": "Hanako+1@acme.com",
        "lastname": "山田",
        "firstname": "花子",
        "jobtitle": "Price, Support",
        "industry": "No",
        "message": "2026-12-01T10:00:00+09:00",
        "hs_analytics": "spring",
    }
    assert draft.left_out == ()


@pytest.mark.parametrize(
    ("name", "contacts", "left_out"),
    [
        ("Dr. Jane van Dyke", {"salutation": "Dr.", "lastname": "van Dyke", "firstname": "Jane"}, []),
        ("山田\u3000花子 様", {"salutation": "様", "lastname": "山田", "firstname": "花子"}, []),
        ("Madonna", {"lastname": "Madonna"}, [("firstname", LeftOutCode.NO_GIVEN_NAME)]),
        (" ", None, []),
        (None, None, []),
    ],
)
def test_a_name_goes_into_its_properties_by_parts_and_says_where_there_is_one_alone(name, contacts, left_out):
    draft = draw(
        contact("salutation", f"question:{NAME}:honorific"),
        contact("lastname", f"question:{NAME}:family_name"),
        contact("firstname", f"question:{NAME}:given_name"),
        material=with_answer(NAME, name),
    )
    assert draft.contact == contacts
    assert [(each.property_name, each.code) for each in draft.left_out] == left_out


@pytest.mark.parametrize(
    "information", [f"question:{COMPANY}", "fact:host", "param:empty", "param:never", "fact:source"]
)
def test_empty_information_leaves_its_row_out_without_a_word(information):
    draft = draw(contact("city", information), material=with_answer(COMPANY, None))
    assert draft == Draft(None, None, ())


def test_a_booking_without_a_time_leaves_out_the_row_of_date_and_time_and_says_so():
    rows = (company("name", f"question:{COMPANY}"), company("city", "fact:start"))
    draft = draw(*rows, material=replace(MATERIAL, facts={"start": ""}))
    assert draft.company == {"name": "Acme"}
    assert [(each.property_name, each.code) for each in draft.left_out] == [("city", LeftOutCode.NO_TIME)]


def test_a_section_that_is_off_is_not_drawn_up_and_not_remarked():
    bad = company("numberofemployees", f"question:{COMPANY}", "number")
    rows = (company("name", f"question:{COMPANY}"), bad, contact("email", f"question:{EMAIL}"))
    assert draw(*rows, companies=False) == Draft(None, {"email": "Hanako+1@acme.com"}, ())
    assert draw(*rows, contacts=False).contact is None
    assert draw(*rows, contacts=False).company == {"name": "Acme"}


@pytest.mark.parametrize("typed", ["100名", "1,5", "about ten"])
def test_an_answer_that_is_no_number_drops_only_its_row(typed):
    rows = (company("name", f"question:{COMPANY}"), company("numberofemployees", f"question:{SIZE}", "number"))
    draft = draw(*rows, material=with_answer(SIZE, typed))
    assert draft.company == {"name": "Acme"}
    [left_out] = draft.left_out
    assert (left_out.section, left_out.property_name) == (Section.COMPANIES, "numberofemployees")
    assert (left_out.property_label, left_out.code) == ("Label of numberofemployees", LeftOutCode.NOT_A_NUMBER)
    assert left_out.shown == typed


@pytest.mark.parametrize(
    "typed", ["a@gmail.com", "A+b@GMAIL.com", "gmail.com", "https://www.gmail.com/x", "ａ@ｇｍａｉｌ.com"]
)
def test_a_free_domain_is_left_out_whatever_its_origin(typed):
    draft = draw(company("domain", f"question:{EMAIL}"), material=with_answer(EMAIL, typed))
    assert draft.company is None
    assert [left.code for left in draft.left_out] == [LeftOutCode.FREE_EMAIL_DOMAIN]


@pytest.mark.parametrize("typed", ["https://www.linkedin.com/company/a/", "instagram.com/a", "linktr.ee/acme"])
def test_a_web_address_on_a_host_that_many_share_is_left_out_and_an_email_address_there_is_not(typed):
    rows = (company("name", f"question:{COMPANY}"), company("domain", f"question:{EMAIL}"))
    draft = draw(*rows, material=with_answer(EMAIL, typed))
    assert draft.company == {"name": "Acme"}
    assert [left.code for left in draft.left_out] == [LeftOutCode.SHARED_HOST]
    host = draft.left_out[0].shown
    assert typed.split("//")[-1].removeprefix("www.").startswith(host)
    draft = draw(*rows, material=with_answer(EMAIL, f"ann@{host}"))
    assert draft.company == {"name": "Acme", "domain": host}


def test_a_sub_domain_of_a_free_domain_is_a_company():
    draft = draw(company("domain", f"question:{EMAIL}"), material=with_answer(EMAIL, "a@acme.gmail.com"))
    assert draft.company == {"domain": "acme.gmail.com"}


def test_a_free_domain_from_a_url_parameter_is_left_out_too():
    material = replace(MATERIAL, url_params={"site": "www.gmail.com"})
    assert draw(company("domain", "param:site"), material=material).company is None


def test_a_text_without_a_domain_is_not_posted_as_one():
    draft = draw(company("domain", f"question:{COMPANY}"))
    assert draft.company is None
    assert [(left.code, left.shown) for left in draft.left_out] == [(LeftOutCode.NO_DOMAIN_IN_IT, "Acme")]


@pytest.mark.parametrize("typed", ["なし", "N/A", "-", "個人"])
def test_a_name_that_says_that_there_is_no_company_is_not_posted_as_one(typed):
    rows = (company("name", f"question:{COMPANY}"), company("domain", f"question:{EMAIL}"))
    draft = draw(*rows, contact("company", f"question:{COMPANY}"), material=with_answer(COMPANY, typed))
    assert draft.company == {"domain": "acme.com"}
    assert draft.contact == {"company": typed}, "what a contact calls its company is text like any other"
    assert [(left.section, left.property_name, left.code, left.shown) for left in draft.left_out] == [
        (Section.COMPANIES, "name", LeftOutCode.NO_COMPANY_NAME, typed)
    ]


def test_a_later_row_may_give_the_name_that_the_first_did_not():
    rows = (company("name", f"question:{COMPANY}"), company("name", "fact:calendar"))
    assert draw(*rows, material=with_answer(COMPANY, "-")).company == {"name": "Introduction"}


def test_an_address_stays_whole_everywhere_but_in_the_company_domain():
    draft = draw(company("website", f"question:{EMAIL}"), contact("domain", f"question:{EMAIL}"))
    assert draft.company == {"website": "Hanako+1@Acme.com"}
    assert draft.contact == {"domain": "Hanako+1@Acme.com"}


def test_a_row_of_a_deleted_question_is_named():
    draft = draw(contact("email", f"question:{EMAIL}"), contact("city", "question:99"))
    assert draft.contact == {"email": "Hanako+1@acme.com"}
    assert [(left.property_name, left.code, left.shown) for left in draft.left_out] == [
        ("city", "question_deleted", "")
    ]


def test_a_text_too_long_for_hubspot_is_cut_posted_and_noted():
    draft = draw(company("description", f"question:{COMPANY}"), material=with_answer(COMPANY, "あ" * 65_537))
    assert draft.company == {"description": "あ" * 65_536}
    [left_out] = draft.left_out
    assert (left_out.code, len(left_out.shown)) == (LeftOutCode.CUT, 100)


def test_of_two_rows_for_one_property_the_first_that_gives_something_counts():
    rows = (
        contact("city", "param:never"),
        contact("city", f"question:{COMPANY}"),
        contact("city", "fact:calendar"),
    )
    assert draw(*rows).contact == {"city": "Acme"}


def test_what_a_guest_typed_stays_out_of_tracebacks():
    draft = draw(company("numberofemployees", f"question:{NAME}", "number"), contact("email", f"question:{EMAIL}"))
    assert draft.left_out
    for thing in (draft, MATERIAL):
        assert "山田" not in repr(thing)
        assert "anako" not in repr(thing)


SOUP = st.text(st.sampled_from('aAé株ー。.@＠/:?=#%<>＜(), "“w-1\u200b\n;'), max_size=24)


@given(SOUP | st.builds("{}{}@{}.com{}".format, SOUP, st.sampled_from(["", "Ann <", "mailto:"]), SOUP, SOUP))
def test_a_companys_domain_and_a_contacts_address_come_from_one_reading(typed):
    answers = {EMAIL: AnsweredQuestion(Kind.EMAIL, "Email", typed)}
    rows = (company("domain", f"question:{EMAIL}"), contact("email", f"question:{EMAIL}"))
    draft = make_draft(MappingRows(True, True, rows), MappingInput(answers), lambda _domain: False)
    email = (draft.contact or {}).get("email")
    if email:
        assert draft.company == {"domain": email.rpartition("@")[2]}
        assert not draft.lacks_address
    else:
        named = [each.property_name for each in draft.left_out]
        assert ("email" in named) is draft.lacks_address is bool(answer_text(typed))
