"""Whatever a proved body says: no error of ours, and of what was taken nothing is lost without a word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from hubsync.domain.notes import NoteCode
from hubsync.domain.occurrences import LONGEST_LABEL
from hubsync.domain.values import clean_text
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.teams import members
from hubsync.sources import signed_json
from hubsync.store import db, end_read
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from tests.kit import databases

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # to make a body smaller takes a booking for every step
WORD = re.compile("w[0-9]+w")
LABELS = ["Phone", "phone", "Ｐｈｏｎｅ", "Company Name", "email", "", " ", "Name", "x" * 400, "\ufdfa" * 300]

_scalars = (
    st.just("word")
    | st.just("word")
    | st.none()
    | st.booleans()
    | st.text(max_size=6)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
_values = st.recursive(
    _scalars | st.sampled_from([10**300, "あ" * 1_001, " ", "=1+1", "a\x00b", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "label", "more", "k"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_labels = _scalars | st.lists(_scalars, max_size=2) | st.dictionaries(st.sampled_from("ab"), _scalars, max_size=2)
_entries = _values | st.fixed_dictionaries(
    {"value": _values}, optional={"label": st.sampled_from(LABELS) | _labels, "type": _values}
)
BODIES = st.fixed_dictionaries(
    {"calendar": st.fixed_dictionaries({"id": st.just("c-1")}, optional={"name": _values})},
    optional={
        "guest": _values
        | st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "email", "company", "timezone"), _values)),
        "end": _values,
        "answers": st.lists(_entries, max_size=5) | st.lists(_entries, min_size=3, max_size=9) | _values,
        "url_params": _values | st.dictionaries(st.text(max_size=4), _values, max_size=4),
        "other": _values,
    },
)


@pytest.fixture
def endpoint(app: Flask) -> tuple[Flask, str, str]:
    with app.app_context():
        team = members.create_team("Acme", "owner@acme.example", "premium")
        secret = endpoint_setup.make_endpoint(team.id, signed_json.NAME)
        shown = endpoints.show_endpoint(team.id, signed_json.NAME)
        end_read()
    assert shown is not None
    return app, "/intake/" + shown.address.split("/intake/")[1], secret


def words_in(value: Any) -> set[str]:
    """All words in *value*, the names in objects included."""
    if isinstance(value, list):
        return set().union(*map(words_in, value))
    if isinstance(value, dict):
        return set().union(*map(words_in, [*value, *value.values()]))
    return set(WORD.findall(value)) if isinstance(value, str) else set()


def words_meant(value: Any) -> set[str]:
    """The words in a value; of an option of a form, whose label shows its value, those of the value."""
    if isinstance(value, list):
        return set().union(*map(words_meant, value))
    if isinstance(value, dict) and value.keys() == {"value", "label"} and not says_nothing(value["value"]):
        return words_meant(value["value"])
    return words_in(value)


def says_nothing(value: Any) -> bool:
    """Whether an option's value is none, so that its label is the answer."""
    if isinstance(value, list):
        return all(map(says_nothing, value))
    if isinstance(value, dict):
        return value.keys() <= {"value", "label"} and all(map(says_nothing, value.values()))
    return value is None or (isinstance(value, str) and not clean_text(value))


def with_words(value: Any, numbers: Iterator[int]) -> Any:
    """*value* with a word of its own wherever there is one."""
    if isinstance(value, list):
        return [with_words(each, numbers) for each in value]
    if isinstance(value, dict):
        return {name: with_words(each, numbers) for name, each in value.items()}
    return f"w{next(numbers)}w" if value == "word" else value


def words_sent(body: dict[str, Any], cut: set[str]) -> set[str]:
    """The words in what was sent, but for those in places that were *cut* or under names that nobody knows."""
    guest, answers, params = body.get("guest"), body.get("answers"), body.get("url_params")
    values = [body.get("end")]
    names = [name for name in ("name", "email", "company") if f"guest.{name}" not in cut]
    values += [guest.get(name) for name in names] if isinstance(guest, dict) else [guest]
    if "url_params" not in cut:
        values += [*params, *params.values()] if isinstance(params, dict) else [params]
    for each in [] if "answers" in cut else answers if isinstance(answers, list) else [answers]:
        is_entry = isinstance(each, dict) and ("value" in each or each.keys() <= {"label", "type"})
        values += [each.get("value"), counted(each.get("label"))] if is_entry else [*words_in(each)]
    return set().union(*map(words_meant, values))


def counted(label: Any) -> Any:
    """A label, unless it is longer than what counts of one."""
    return label if len(json.dumps(label)) <= LONGEST_LABEL else None


def words_kept(delivery_id: int) -> set[str]:
    booking = db.session.get_one(Delivery, delivery_id).booking
    labels = [
        [row.label, row.source_label] for row in db.session.query(QuestionRow) if str(row.id) in booking.answers
    ]
    kept = [booking.answers, booking.notes, booking.url_params, booking.calendar.name, booking.guest_name, labels]
    found = words_in(json.loads(json.dumps(kept)))
    end_read()
    return found


def places_cut(delivery_id: int) -> set[str]:
    """Where only the beginning of something was kept, as its notes say: "guest.name", "answers"."""
    notes = db.session.get_one(Delivery, delivery_id).booking.notes
    end_read()
    return {note["place"] for note in notes if note["code"] == NoteCode.CUT}


@pytest.mark.parametrize("database", databases.BOTH, indirect=True)
@pytest.mark.slow
def test_whatever_is_sent_is_answered_and_nothing_of_it_is_lost(endpoint: tuple[Flask, str, str]) -> None:
    app, path, secret = endpoint
    number = iter(range(10**6))

    @example({"calendar": {"id": "c-1"}, "guest": {"company": "word"}, "answers": {"Company Name": "word"}})
    @settings(max_examples=60, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
    @given(BODIES)
    def send(drawn: dict[str, Any]) -> None:
        body = with_words(drawn, number)
        told = {"id": f"b-{next(number)}", "event": "booking.completed", "start": "2027-03-05T10:00:00+09:00"}
        raw = json.dumps(body | told).encode()
        client = app.test_client()
        client.environ_base["HTTP_HOST"] = "localhost:8000"
        answer = client.post(path, data=raw, headers=signed_json.prove(secret, raw, now()).headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        with app.app_context():
            cut = places_cut(answer.json["delivery"])
            assert words_sent(body, cut) <= words_kept(answer.json["delivery"])

    send()
