"""Correction of the answers of a delivery that is not posted as it should be, which is then tried again."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.questions import Kind, check_answers
from hubsync.domain.values import AnswerValue, clean_text
from hubsync.errors import Refused
from hubsync.phrases import enumerated
from hubsync.services.bookings import corrections
from hubsync.services.deliveries import queries
from hubsync.services.deliveries.undoing import read_undoing
from hubsync.services.question_words import word_label
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.web.bookings.form import QuestionField
from hubsync.web.deliveries.filters import pages
from hubsync.web.deliveries.retry_message import retry_and_tell
from hubsync.web.mapping.sample_answers import problem_sentence, typed_as
from hubsync.web.shell.guards import team_page


@pages.get("/teams/<team_slug>/deliveries/<int:delivery_id>/answers")
@team_page()
def correct(delivery_id: int) -> ResponseReturnValue:
    """The answers as they are stored, in fields."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    if delivery.state not in corrections.CORRECTABLE:
        flash(_("Its answers cannot be corrected: it is posted already, or just being posted."), "info")
        return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))
    fields, version = _fields(delivery.booking, None), corrections.version_of(delivery.booking)
    return _show(delivery, fields, version, _marks(delivery.booking))


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/answers")
@team_page()
def save_answers(delivery_id: int) -> ResponseReturnValue:
    """Store what was changed, and try again if that was asked for; faults come back at their fields."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    fields = _fields(delivery.booking, request.form)
    changed = _read(delivery.booking, fields)
    if any(each.error for each in fields):
        sent = {
            row.id: request.form.get(f"was-{row.id}", "") for row in corrections.list_questions(delivery.booking)
        }
        return _show(delivery, fields, request.form.get("version", ""), sent), 422
    try:
        labels = corrections.correct(g.membership, delivery_id, changed, request.form.get("version", ""))
    except Refused as fault:
        delivery = queries.find_delivery(g.membership, delivery_id)
        fields, version = _bring_together(delivery.booking, request.form), corrections.version_of(delivery.booking)
        return _show(delivery, fields, version, _marks(delivery.booking), fault.message), 409
    if "retry" in request.form and not _is_undone(delivery):
        retry_and_tell(delivery_id)
    else:
        flash(_tell_saved(delivery) if labels else _("Nothing was changed."), "success" if labels else "info")
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


def _tell_saved(delivery: Delivery) -> str:
    if delivery.state == DeliveryState.HELD:
        return _("The answers were saved. Press Post to post them.")
    if _is_undone(delivery):
        return _("The answers were saved. Press Post again to post them.")
    return _("The answers were saved. Press Retry to post them.")


def _is_undone(delivery: Delivery) -> bool:
    undoing = read_undoing(delivery.id)
    return undoing is not None and undoing.undone_at is not None


def _show(
    delivery: Delivery, fields: list[QuestionField], version: str, was: dict[int, str], message: str = ""
) -> str:
    return render_template(
        "deliveries/correct.html",
        delivery=delivery,
        fields=fields,
        version=version,
        was=was,
        message=message,
        undone=_is_undone(delivery),
        deleted={row.id for row in corrections.list_questions(delivery.booking) if row.deleted_at is not None},
    )


def _fields(booking: BookingRecord, sent: MultiDict[str, str] | None) -> list[QuestionField]:
    """A field for each question, as sent or as stored. No answer is required: a guest's may be missing too."""
    return [
        QuestionField(
            name, word_label(row.label), typed if sent is None else sent.getlist(name), question=question
        )
        for row in corrections.list_questions(booking)
        for name in (f"question-{row.id}",)
        for typed in (typed_as(booking.answers.get(str(row.id))),)
        for question in (replace(row.as_question(), required=False, choices=_offered(row, typed)),)
    ]


def _bring_together(booking: BookingRecord, sent: MultiDict[str, str]) -> list[QuestionField]:
    """The fields after somebody else saved: what this person did not touch is as it is stored by now.

    Else the next press would put back everything that the other one corrected. Where both wrote, it is said.
    """
    fields, stored = _fields(booking, sent), _fields(booking, None)
    for each, other in zip(fields, stored, strict=True):
        was = sent.get(f"was-{each.question.id}", "")
        if _mark(each.typed) == was:
            each.typed = other.typed
        elif _mark(other.typed) not in (was, _mark(each.typed)):
            text = enumerated(_plain(other.typed)) or _("no answer")
            each.error = _("Somebody else wrote “%(text)s” here. What you save replaces it.", text=text)
    return fields


def _marks(booking: BookingRecord) -> dict[int, str]:
    """By question, what tells whether a field was touched since it was shown."""
    return {each.question.id: _mark(each.typed) for each in _fields(booking, None)}


def _mark(typed: list[str]) -> str:
    return fingerprint("\n\n".join(_plain(typed)))


def _offered(row: QuestionRow, typed: list[str]) -> tuple[str, ...]:
    """The choices, and those that were chosen when there were others."""
    if Kind(row.kind) not in (Kind.SINGLE_CHOICE, Kind.SEVERAL_CHOICES):
        return ()
    return tuple(dict.fromkeys([*row.choices, *typed]))


def _read(booking: BookingRecord, fields: list[QuestionField]) -> dict[int, AnswerValue]:
    """The answers that differ from what is stored. What a source sent is not checked where nobody touched it."""
    touched = [
        each
        for each in fields
        if _plain(each.typed) != _plain(typed_as(booking.answers.get(str(each.question.id))))
    ]
    asked = [each.question for each in touched]
    answers, problems = check_answers(asked, {each.question.id: each.given for each in touched})
    for each in touched:
        if each.question.id in problems:
            each.error = problem_sentence(problems[each.question.id])
    return answers


def _plain(typed: list[str]) -> list[str]:
    return [text for text in map(clean_text, typed) if text]
