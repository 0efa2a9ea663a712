"""What is read by a teaching: events, times, guests, lists of answers, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.questions import Kind
from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_webhook.paths import Entry
from hubsync.sources.signed_webhook.read import ONE_CALENDAR, parse, read
from hubsync.sources.signed_webhook.teaching import (
    Choices,
    Condition,
    EntryList,
    Events,
    SingleAnswer,
    Teaching,
    Titles,
)
from hubsync.sources.source import Ignored

START = datetime(2026, 12, 9, 1, tzinfo=UTC)


def taught(**fields: Any) -> Teaching:
    return Teaching(**{"id": (("id",),), "email": (("email",),), **fields})


def booking(body: dict[str, Any], teaching: Teaching) -> Booking:
    said = read({"id": "1", "email": "noor@birch-tools.example", **body}, teaching, "Sender")
    assert isinstance(said, Booking)
    return said


def answers(body: dict[str, Any], *lists: EntryList, **fields: Any) -> dict[str, Any]:
    return {each.label: each.value for each in booking(body, taught(answers=lists, **fields)).answers}


def faults(body: Any, teaching: Teaching) -> dict[str, str]:
    with pytest.raises(BodyUnreadable) as unreadable:
        read(body, teaching, "Sender")
    return dict(unreadable.value.faults)


# ---- what is known


def test_a_sender_without_calendars_has_one_of_its_own_name() -> None:
    said = booking({}, taught())
    assert (said.calendar_external_id, said.calendar_name) == (ONE_CALENDAR, "Sender")


def test_without_an_id_the_same_body_is_the_same_booking_whatever_the_order_of_its_names() -> None:
    teaching = Teaching(email=(("email",),))
    bodies = [{"email": "n@b.example", "n": 1}, {"n": 1, "email": "n@b.example"}, {"email": "n@b.example", "n": 2}]
    ids = [read(each, teaching, "").external_id for each in bodies]  # type: ignore[union-attr]
    assert ids[0] == ids[1] != ids[2]


def test_the_first_place_with_something_counts() -> None:
    teaching = taught(name=(("name",), ("person", "name")))
    assert booking({"name": None, "person": {"name": "Noor"}}, teaching).guest.name == "Noor"
    assert booking({"name": "N.", "person": {"name": "Noor"}}, teaching).guest.name == "N."


def test_a_fault_names_the_place_that_was_read_or_ought_to_be() -> None:
    teaching = taught(id=(("id",), ("uid",)), calendar_id=(("c", "id"),), start=(("at",),))
    assert faults({}, teaching) == {"id": "is missing", "c.id": "is missing", "at": "is missing"}
    assert faults({"uid": [], "c": 1, "at": True}, teaching) == {
        "uid": "must be a text",
        "c.id": "is missing",
        "at": "must be a time like 2026-01-31T10:00:00+09:00",
    }


def test_a_body_that_has_nothing_of_what_was_taught_is_refused() -> None:
    assert faults({"id": "1", "other": "x"}, taught()) == {"body": "has nothing of what was taught"}
    assert faults([{"id": "1"}], taught()) == {"body": "must be an object"}


@pytest.mark.parametrize(
    "raw",
    [b"email=noor%40birch.example&id=1", b"  a=b", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'],
)
def test_a_forms_data_is_refused_with_what_to_do(raw: bytes) -> None:
    with pytest.raises(BodyUnreadable) as refused:
        parse(raw)
    assert dict(refused.value.faults) == {"body": "is a form's data; choose JSON at the sender"}


def test_json_is_read_whatever_stands_before_it() -> None:
    assert parse(b"\xef\xbb\xbf\n {}") == {}
    with pytest.raises(BodyUnreadable, match=r"cannot be read") as refused:
        parse(b"<xml/>")
    assert dict(refused.value.faults) == {"body": "is not JSON"}


def test_a_list_of_one_object_is_that_object() -> None:
    assert parse(b'[{"id": "1"}]') == {"id": "1"}
    for raw, sent in ((b"[]", []), (b"[1]", [1]), (b"[{}, {}]", [{}, {}])):
        assert parse(raw) == sent


# ---- times


@pytest.mark.parametrize(
    "sent",
    ["2026-12-09T01:00:00Z", "2026-12-09T10:00:00", "2026-12-09 10:00", 1796778000, 1796778000000, "1796778000"],
)
def test_a_start_is_iso_or_counted_since_1970_and_read_in_the_guests_zone(sent: Any) -> None:
    teaching = taught(start=(("at",),), time_zone=(("zone",),))
    said = booking({"at": sent, "zone": "Asia/Tokyo"}, teaching)
    assert (said.starts_at, said.ends_at) == (START, START + timedelta(minutes=30))


@pytest.mark.parametrize(
    "sent", [5, -1796778000, 99999999999999999, "17967780000000000", True, "soon", [], "2026-12-09"]
)
def test_a_start_that_is_no_moment_is_refused(sent: Any) -> None:
    assert faults({"id": "1", "at": sent}, taught(start=(("at",),))) == {
        "at": "must be a time like 2026-01-31T10:00:00+09:00"
    }


def test_a_sender_without_times_and_a_question_nobody_answered_make_a_lead() -> None:
    assert booking({}, taught()).starts_at is None
    path = ("fields", Entry(at=("key",), equals="when"), "value")
    assert booking({"fields": []}, taught(start=(path,))).ends_at is None
    there = {"fields": [{"key": "when", "value": "2026-12-09T01:00:00Z"}]}
    assert booking(there, taught(start=(path,))).starts_at == START
    assert faults({"id": "1", "fields": []}, taught(start=(path, ("at",)))) == {"fields[when].value": "is missing"}


# ---- what happened


EVENTS = Events(
    at=("event",), completed=("made",), moved=("moved",), cancelled=("off",), no_show=("away",), showed=("came",),
    test=("ping",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "event"),
    [("made", BookingEvent.COMPLETED), ("moved", BookingEvent.MOVED), ("off", BookingEvent.CANCELLED)],
)
def test_an_event_says_what_happened_to_a_booking(sent: str, event: BookingEvent) -> None:
    assert booking({"event": sent}, taught(events=EVENTS)).event is event


@pytest.mark.parametrize(("sent", "event"), [("away", BookingEvent.NO_SHOW), ("came", BookingEvent.SHOWED)])
def test_whether_a_guest_came_is_told_of_a_booking_that_is_there(sent: str, event: BookingEvent) -> None:
    teaching = taught(events=EVENTS, occurred_at=(("at",),), start=(("start",),))
    said = read({"id": "1", "event": sent, "at": 1796778000}, teaching, "")
    assert said == BookingChange("signed_webhook", ("1",), event, START)


def test_a_cancellation_without_a_time_is_told_of_the_booking_that_is_there() -> None:
    teaching = taught(events=EVENTS, start=(("start",),), calendar_id=(("c",),), reason=(("why",),))
    assert read({"id": "1", "event": "off", "why": "ill"}, teaching, "") == BookingChange(
        "signed_webhook", ("1",), BookingEvent.CANCELLED, reason="ill"
    )
    assert faults({"event": "off"}, teaching) == {"id": "is missing"}


def test_other_events_and_tests_are_ignored_and_an_event_that_is_missing_is_not() -> None:
    teaching = taught(events=EVENTS, ignored=(Condition(at=("draft",), equals=(True, "yes")),))
    assert read({"event": "renamed"}, teaching, "") == Ignored(
        "This event is not about a booking that was made, moved or cancelled."
    )
    ping = read({"event": "ping"}, teaching, "")
    assert isinstance(ping, Ignored)
    assert ping.is_test
    for draft in (True, "yes"):
        assert isinstance(read({"event": "made", "draft": draft}, teaching, ""), Ignored)
    assert booking({"event": "made", "draft": 1}, teaching)
    assert faults({}, teaching) == {"event": "is missing"}
    assert faults({"event": ["made"]}, teaching) == {"event": "must be a text"}


def test_a_booking_that_is_said_to_replace_itself_replaces_none() -> None:
    teaching = taught(replaces=(("old",),), replaced_by=(("new",),), events=EVENTS)
    for event in ("made", "moved", "off"):
        said = booking({"event": event, "old": "1", "new": 1}, teaching)
        assert (said.replaces, said.replaced_by) == ("", "")


def test_a_booking_that_replaces_another_one_was_moved() -> None:
    teaching = taught(replaces=(("old",),), replaced_by=(("new",),), events=EVENTS)
    moved = booking({"event": "made", "old": "0", "new": "2"}, teaching)
    assert (moved.event, moved.replaces, moved.replaced_by) == (BookingEvent.MOVED, "0", "")
    over = booking({"event": "off", "old": "0", "new": "2"}, teaching)
    assert (over.event, over.replaces, over.replaced_by) == (BookingEvent.CANCELLED, "", "2")
    assert booking({"event": "made", "old": {"id": "0"}}, teaching).event is BookingEvent.COMPLETED


# ---- answers


def test_an_answer_is_called_by_its_title_its_label_its_name_or_its_key() -> None:
    told = EntryList(
        at=("a",), label=(("label",),), value=(("v",),), key=(("k",),),
        titles=Titles(at=("q",), by=("k",), id=("id",), text=("t",)),
    )  # fmt: skip
    body = {
        "q": [{"id": "1", "t": "First"}, {"id": 2, "t": "Second"}, "odd"],
        "a": [
            {"k": "1", "v": 1},
            {"k": 2, "v": 2, "label": "2nd"},
            {"k": "3", "label": "Third", "v": 3},
            {"k": "4", "v": 4},
        ],
    }
    assert answers(body, told) == {"First": "1", "Second": "2", "Third": "3", "4": "4"}
    named = EntryList(at=("a",), label=(("label",),), value=(("v",),))
    assert answers({"a": {"x": {"label": "X", "v": 1}, "y": {"v": 2}}}, named) == {"X": "1", "y": "2"}
    assert answers({"a": {"x": 1, "y": ["b"]}}, EntryList(at=("a",))) == {"x": "1", "y": ("b",)}


@pytest.mark.parametrize("a", [None, "text", 5, {}, [], [None, 5, "x"], [[["deep"]]], {"x": {}}])
def test_a_list_of_another_shape_costs_its_answers_and_never_the_booking(a: Any) -> None:
    told = EntryList(
        at=("a",), label=(("l",),), value=(("v",),), choices=Choices(at=("o",), id=("i",), text=("t",)),
        only=Condition(at=("t",), equals=("x",)), skip_extensions=True, unwrap=True,
    )  # fmt: skip
    booking({"a": a}, taught(answers=(told,), url_params=(told,)))


def test_choices_are_named_by_their_texts() -> None:
    told = EntryList(
        at=("a",), label=(("l",),), value=(("v",),), choices=Choices(at=("o",), id=("id",), text=("text",))
    )
    options = [{"id": "o1", "text": "Pricing"}, {"id": 2, "text": "Support"}, "odd"]
    body = {
        "a": [
            {"l": "Several", "v": ["o1", 2, "typed"], "o": options},
            {"l": "One", "v": "o1", "o": options},
            {"l": "Text", "v": "o1"},
            {"l": "None", "v": None, "o": options},
        ]
    }
    assert answers(body, told) == {
        "Several": ("Pricing", "Support", "typed"),
        "One": "Pricing",
        "Text": "o1",
        "None": None,
    }


def test_entries_that_repeat_another_one_or_belong_elsewhere_are_left_out() -> None:
    body = {
        "a": [
            {"k": "q_1", "v": "x"},
            {"k": "q_1_o1", "v": True},
            {"k": "q_10", "v": "y", "t": "hidden"},
            {"k": "_"},
        ]
    }
    told = EntryList(at=("a",), value=(("v",),), key=(("k",),), skip_extensions=True)
    assert answers(body, told) == {"q_1": "x", "q_10": "y", "_": None}
    hidden = Condition(at=("t",), equals=("hidden",))
    assert answers(body, told.model_copy(update={"only": hidden})) == {"q_10": "y"}
    assert answers(body, told.model_copy(update={"without": hidden})) == {"q_1": "x", "_": None}


def test_a_key_extends_another_one_only_as_far_as_keys_go() -> None:
    told = EntryList(at=("a",), label=(("l",),), value=(("v",),), key=(("k",),), skip_extensions=True)
    long = "q_" + "x" * 300
    body = {
        "a": [
            {"l": "A", "v": 1},
            {"l": "B", "k": "_b", "v": 2},
            {"l": "C", "k": "q", "v": 3},
            {"l": "D", "k": long, "v": 4},
        ]
    }
    assert answers(body, told) == {"A": "1", "B": "2", "C": "3", "D": "4"}


def test_a_kind_is_the_senders_and_a_key_stays_with_its_answer() -> None:
    told = EntryList(
        at=("a",), label=(("l",),), value=(("v",),), also=(("other",),), key=(("k",),), kind=("t",),
        kinds={"mail": Kind.EMAIL, "yes": Kind.CHECK_BOX},
    )  # fmt: skip
    body = {
        "a": [
            {"l": "M", "v": "m", "t": "mail", "k": "k1"},
            {"l": "Y", "v": True, "t": "yes"},
            {"l": "N", "v": "no", "t": "yes"},
            {"l": "O", "v": ["a"], "other": "b", "t": "new"},
            {"l": "P", "other": "b"},
        ]
    }
    said = booking(body, taught(answers=(told,))).answers
    assert [each.kind for each in said] == [Kind.EMAIL, Kind.CHECK_BOX, None, None, None]
    assert [each.key for each in said] == ["k1", "", "", "", ""]
    assert [each.value for each in said][3:] == [("a", "b"), "b"]


def test_single_answers_come_first_and_what_is_called_like_a_parameter_is_one() -> None:
    teaching = taught(
        single_answers=(SingleAnswer(label="Plan", at=(("plan",),)),),
        answers=(EntryList(at=("a",)),),
        url_params=(EntryList(at=("hidden",)),),
    )
    said = booking(
        {"plan": "Pro", "a": {"utm_source": "mail", "Size": 5, "GCLID": "x"}, "hidden": {"h": 1}}, teaching
    )
    assert [(each.label, each.value) for each in said.answers] == [("Plan", "Pro"), ("Size", "5")]
    assert said.url_params == {"h": "1", "utm_source": "mail", "GCLID": "x"}


# ---- the guest


def test_first_and_last_name_are_put_together_as_they_are_written() -> None:
    teaching = taught(first_name=(("f",),), last_name=(("l",),), name=(("n",),))
    assert booking({"f": "Noor", "l": "Haddad"}, teaching).guest.name == "Noor Haddad"
    assert booking({"f": "凛", "l": "佐々木"}, teaching).guest.name == "佐々木 凛"
    assert booking({"l": "Haddad"}, teaching).guest.name == "Haddad"
    assert booking({"f": "Noor", "n": "Dr Noor"}, teaching).guest.name == "Dr Noor"


def test_a_guest_that_nobody_pointed_at_is_guessed_from_the_answers() -> None:
    teaching = Teaching(id=(("id",),), answers=(EntryList(at=("a",)),), guess_guest=True)
    body = {
        "id": "1",
        "a": {"What is your name?": "Noor Haddad", "Note": "ask ceo@x.example", "貴社名": "Birch",
              "List": ["5", "noor@birch.example"], "E-mail": "second@birch.example"},
    }  # fmt: skip
    said = read(body, teaching, "")
    assert isinstance(said, Booking)
    assert (said.guest.name, said.guest.email, said.guest.company) == (
        "Noor Haddad",
        "noor@birch.example",
        "Birch",
    )
    silent = read(body, teaching.model_copy(update={"guess_guest": False}), "")
    assert isinstance(silent, Booking)
    assert (silent.guest.name, silent.guest.email, silent.guest.company) == ("", "", "")


@pytest.mark.parametrize(
    ("label", "value", "sent", "kind"),
    [
        ("Your name", "N", "text", Kind.NAME),
        ("お名前", None, "", Kind.NAME),
        ("Name", "N", "long", Kind.LONG_TEXT),
        ("Name?", True, "", None),
        ("E-mail", "a@b.example", "", Kind.EMAIL),
        ("Mail", "none", "", None),
        ("Company", "B", "", None),
    ],
)
def test_a_question_that_is_called_so_is_of_the_kind_name_or_e_mail(
    label: str, value: Any, sent: str, kind: Kind | None
) -> None:
    told = EntryList(
        at=("a",), label=(("l",),), value=(("v",),), kind=("k",), kinds={"text": Kind.TEXT, "long": Kind.LONG_TEXT}
    )
    teaching = taught(answers=(told,), guess_guest=True)
    body = {"a": [{"l": label, "v": value, "k": sent}]}
    assert booking(body, teaching).answers[0].kind is kind
    silent = booking(body, teaching.model_copy(update={"guess_guest": False}))
    assert silent.answers[0].kind is told.kinds.get(sent)


def test_a_taught_place_counts_before_a_guess() -> None:
    teaching = taught(answers=(EntryList(at=("a",)),), company=(("firm",),), guess_guest=True)
    said = booking({"firm": "Birch Tools", "a": {"Company": "Other", "E-mail": "other@x.example"}}, teaching)
    assert (said.guest.email, said.guest.company) == ("noor@birch-tools.example", "Birch Tools")


def test_a_guest_without_an_address_is_taken() -> None:
    said = read({"id": "1", "email": None, "a": {"x": 1}}, taught(answers=(EntryList(at=("a",)),)), "")
    assert isinstance(said, Booking)
    assert said.guest.email == ""


def test_nothing_of_the_guest_is_in_a_repr() -> None:
    said = booking({"a": {"x": "what-was-typed"}}, taught(answers=(EntryList(at=("a",)),)))
    assert "what-was-typed" not in repr(said)
    assert "noor@" not in repr(said)
