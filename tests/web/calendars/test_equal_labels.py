"""Two questions of one label, and what was not taken as it was sent, on the pages that people see."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.sources import signed_json
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.page import read_page, words

__all__ = ["connected_team"]

IDS = count(1)


@pytest.fixture
def sent(connected_team: ConnectedTeam) -> ConnectedTeam:
    """The connected_team with its calendar made by a source."""
    with connected_team.app.app_context(), write_transaction() as session:
        calendar = session.get_one(Calendar, connected_team.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "intro"
    return connected_team


def send(connected_team: ConnectedTeam, answers: Any, calendar: str = "intro", **others: Any) -> int:
    """Take a booking as signed JSON says it; return the id of its delivery."""
    starts = (now() + timedelta(days=3)).replace(microsecond=0)
    body = {
        "id": f"b-{next(IDS)}",
        "event": "booking.completed",
        "calendar": {"id": calendar, "name": calendar},
        "guest": {"name": "Mika Sato", "email": "mika@acme.example.com", "company": "Acme"},
        "start": starts.isoformat(),
        "end": (starts + timedelta(minutes=30)).isoformat(),
        "answers": answers,
        **others,
    }
    with connected_team.app.app_context():
        return complete(connected_team.team_id, signed_json.read(body)).id


PHONES = [{"label": "Phone", "value": "111"}, {"label": "Phone", "value": "222"}]


def test_the_second_question_of_a_label_has_its_number_wherever_questions_are_listed(sent: ConnectedTeam) -> None:
    delivery = send(sent, PHONES)
    editor = sent.owner.open(sent.editor)
    offered = {words(option) for option in editor.select("#companies-0-information option")}
    assert {"Phone (question)", "Phone (2) (question)"} <= offered
    mapped = {
        "contacts-5-property_name": "mobilephone",
        "contacts-5-information": sent.token("Phone (2)"),
        "contacts-6-property_name": "fax",
        "contacts-6-information": sent.token("Phone"),
    }
    assert sent.owner.press(sent.editor, **mapped).status_code == 302
    preview = words(sent.owner.open(f"{sent.editor}/preview"))
    assert "Phone (2) (question) 222 222" in preview
    assert "Phone (question) 111 111" in preview
    assert "Phone (2)" in words(sent.owner.open(sent.advanced))
    for address in (f"/teams/acme/deliveries/{delivery}", f"/teams/acme/deliveries/{delivery}/answers"):
        shown = sent.owner.open(address, follow_redirects=True)
        assert "Phone (2)" in words(shown)
    answers = sent.owner.open(f"/teams/acme/deliveries/{delivery}").select(
        "section[aria-labelledby=answers] dl > *"
    )
    told = dict(zip(map(words, answers[::2]), map(words, answers[1::2]), strict=True))
    assert (told["Phone"], told["Phone (2)"]) == ("111", "222")


def test_a_questions_page_tells_how_its_source_calls_it(sent: ConnectedTeam) -> None:
    send(sent, PHONES)
    first, second = (f"{sent.advanced}/questions/{sent.questions()[each].id}" for each in ("Phone", "Phone (2)"))
    assert "Signed JSON sends as number 2" not in words(sent.owner.open(first))
    assert "sends under this label belongs to it" in words(sent.owner.open(first))
    assert "Signed JSON sends it as number 2 of the questions “Phone”." in words(sent.owner.open(second))
    assert sent.owner.press(first, label="100 % <mobile>").status_code == 302
    assert "Signed JSON sends it as “Phone”." in words(sent.owner.open(first))


def test_a_proposal_takes_the_first_question_of_a_label_only(sent: ConnectedTeam) -> None:
    send(sent, PHONES)
    editor = sent.owner.open(sent.editor)
    chosen = {words(each) for each in editor.select("main option[selected]")}
    assert "Phone (question)" in chosen
    assert "Phone (2) (question)" not in chosen


@pytest.mark.parametrize(
    ("here", "there", "taken"),
    [
        (["Phone", "Phone"], ["Phone", "Phone"], {"phone": "Phone", "city": "Phone (2)"}),
        (["Phone", "Phone"], ["Ｐｈｏｎｅ", "phone "], {"phone": "Ｐｈｏｎｅ", "city": "phone (2)"}),
        (["Phone", "Phone"], ["Phone"], {"phone": "Phone"}),
        (["Phone", "Phone"], ["Fax", "PHONE:", "Phone"], {"phone": "Phone"}),
    ],
)
def test_copying_a_mapping_takes_the_nth_question_for_the_nth(
    sent: ConnectedTeam, here: list[str], there: list[str], taken: dict[str, str]
) -> None:
    send(sent, [{"label": label, "value": "x"} for label in here])
    rows = {
        "companies-2-property_name": "phone",
        "companies-2-information": sent.token("Phone"),
        "companies-3-property_name": "city",
        "companies-3-information": sent.token("Phone (2)"),
    }
    assert sent.owner.press(sent.editor, **rows).status_code == 302
    send(sent, [{"label": label, "value": "x"} for label in there], calendar="other")
    with sent.app.app_context():
        other = db.session.query(Calendar).filter_by(external_id="other").one()
        labels = {f"question:{each.id}": each.label for each in other.asked()}
        other_id = other.id
        end_read()
    editor = f"/teams/acme/calendars/{other_id}/advanced/hubspot"
    fields = filled(sent.owner.open(editor))
    copied = read_page(sent.owner.send(f"{editor}/copy/{sent.calendar_id}/take", [*fields, ("way", "replace")]))
    names = [
        str(each["value"]) for each in copied.select("[name^=companies-][name$=property_name] option[selected]")
    ]
    given = [
        str(each["value"]) for each in copied.select("[name^=companies-][name$=information] option[selected]")
    ]
    found = {name: labels[token] for name, token in zip(names, given, strict=True) if name in ("phone", "city")}
    assert found == {{"city": "city"}.get(name, name): label for name, label in taken.items()}


def test_a_delivery_names_what_was_not_taken_as_it_was_sent(sent: ConnectedTeam) -> None:
    sent.ask("Topic", Kind.TEXT)
    row = {"companies-2-property_name": "city", "companies-2-information": sent.token("Topic")}
    assert sent.owner.press(sent.editor, **row).status_code == 302
    answers = [
        {"label": "Topic", "value": {"<b>deep</b>": [1]}},
        {"label": "Company Name", "value": "Beta"},
        *({"label": f"L{number}", "value": ""} for number in range(198)),
        {"label": "Beyond", "value": "kept"},
    ]
    guest = {"name": "n" * 1_001, "email": "mika@beta.example.com", "company": "Acme"}
    delivery = send(sent, answers, guest=guest, end=None, url_params={"utm": {"x": 1}})
    shown = sent.owner.open(f"/teams/acme/deliveries/{delivery}")
    notes = shown.select("section[aria-labelledby=notes] dl > *")
    told = list(zip(map(words, notes[::2]), map(words, notes[1::2]), strict=True))
    assert [what for what, _sentence in told] == [
        "End of the appointment", "Answers", "URL parameters", "Topic", "The guest's company", "The guest's name",
    ]  # fmt: skip
    sentences = dict(told)
    assert sentences["Topic"].endswith('change what the source sends. This came: {"<b>deep</b>": [1]}')
    assert sentences["Answers"].endswith('This came: [{"label": "Beyond", "value": "kept"}]')
    assert sentences["The guest's company"].endswith("The answer to the question counts. This came: Acme")
    assert sentences["The guest's name"] == "It was too long. Only its beginning was taken."
    assert "counts as half an hour" in sentences["End of the appointment"]
    left_out = words(shown.select_one("section[aria-labelledby=left-out]"))  # type: ignore[arg-type]
    assert "What the booking source sent is no answer: neither text, number nor choice." in left_out


def test_of_a_booking_that_was_taken_as_it_was_sent_nothing_is_noted(sent: ConnectedTeam) -> None:
    shown = sent.owner.open(f"/teams/acme/deliveries/{send(sent, PHONES)}")
    assert shown.select("section[aria-labelledby=notes]") == []
