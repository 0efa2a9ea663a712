"""Advanced settings of a calendar: Guest Question Settings, and which services are integrated."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hubsync.errors import NotFound, Refused
from hubsync.services.calendars import calendars, questions
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.mapping.storage import load_mapping, remove_mapping, switch_active
from hubsync.services.question_words import word_label
from hubsync.web.bookings.page import preview_page
from hubsync.web.calendars.question_form import KINDS, QuestionForm
from hubsync.web.calendars.text import booked_through
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reasons import name_property
from hubsync.web.shell.unposted import tell_before, watches_only

pages = Blueprint(
    "advanced", __name__, url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/advanced"
)
LONGEST_ID = 18
QUESTION = f"/questions/<int(max={LARGEST_ID}):question_id>"


@pages.get("")
@team_page()
def show_settings(calendar_id: int) -> ResponseReturnValue:
    """Both sections of the Advanced settings."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    return render_template(
        "calendars/advanced_settings.html",
        calendar=calendar,
        source=booked_through(calendar),
        questions=calendar.questions,
        always_asked={row.id for row in calendar.questions if questions.is_always_asked(row)},
        kinds=KINDS,
        mapping=load_mapping(calendar.id),
        stale_rows=calendars.count_stale_rows(calendar),
    )


@pages.route("/questions/new", methods=["GET", "POST"])
@team_page()
def add_question(calendar_id: int) -> ResponseReturnValue:
    """Ask one more question."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    source, form = booked_through(calendar), QuestionForm()
    if source:
        form.leave_out_the_page()
    if form.validate_on_submit():
        try:
            questions.add_question(calendar.id, form.asked())
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            flash(_("The question is added.") if source else _("Guests are asked this from now on."), "success")
            return _back(calendar_id)
    page = render_template("calendars/add_question.html", calendar=calendar, source=source, form=form)
    return (page, 422) if form.is_submitted() else page


@pages.route(QUESTION, methods=["GET", "POST"])
@team_page()
def change_question(calendar_id: int, question_id: int) -> ResponseReturnValue:
    """Ask differently."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    question = questions.find_question(calendar.id, question_id)
    source, form = booked_through(calendar), QuestionForm.of(question)
    if source:
        form.leave_out_the_page()
    if form.validate_on_submit():
        try:
            questions.change_question(calendar.id, question.id, form.asked(question.label))
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            flash(_("The question is saved."), "success")
            return _back(calendar_id)
    page = render_template(
        "calendars/change_question.html",
        calendar=calendar,
        source=source,
        question=question,
        always_asked=questions.is_always_asked(question),
        form=form,
    )
    return (page, 422) if form.is_submitted() else page


@pages.post(f"{QUESTION}/move")
@team_page()
def move_question(calendar_id: int, question_id: int) -> ResponseReturnValue:
    """Ask the question one place earlier or later."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    where = request.form.get("where")
    if where not in ("up", "down"):
        abort(400)
    questions.move_question(calendar.id, question_id, up=where == "up")
    # The arrow itself, because a browser gives it the focus again, for whoever presses it several times.
    anchor = f"question-{question_id}-{where}"
    return redirect(url_for("advanced.show_settings", calendar_id=calendar_id, _anchor=anchor))


@pages.post("/questions/order")
@team_page()
def order_questions(calendar_id: int) -> ResponseReturnValue:
    """Take the order into which the questions were dragged."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    sent = request.form.getlist("question")
    if not all(each.isascii() and each.isdigit() and len(each) < LONGEST_ID for each in sent):
        abort(400)
    try:
        questions.order_questions(calendar.id, [int(each) for each in sent])
    except Refused as refused:
        flash(refused.message, "error")
    return redirect(url_for("advanced.show_settings", calendar_id=calendar_id, _anchor="questions"))


@pages.get("/questions/preview")
@team_page()
def preview_questions(calendar_id: int) -> ResponseReturnValue:
    """The booking page as guests see it; nothing can be sent from here. 404 for a calendar without one."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    if booked_through(calendar):
        raise NotFound("no such booking page")
    return preview_page(calendar)


@pages.route(f"{QUESTION}/delete", methods=["GET", "POST"])
@team_page()
def delete_question(calendar_id: int, question_id: int) -> ResponseReturnValue:
    """Say what the mapping loses, then ask the question no more."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    source, question = booked_through(calendar), questions.find_question(calendar.id, question_id)
    if request.method == "POST":
        questions.delete_question(calendar.id, question.id)
        if source:
            flash(_("“%(name)s” is deleted.", name=word_label(question.label)), "success")
        else:
            flash(_("Guests are not asked “%(label)s” any more.", label=word_label(question.label)), "success")
        return _back(calendar_id)
    if questions.is_always_asked(question):
        raise Refused(_("Every booking needs the guest's name and e-mail address."))
    rows = [
        (name_property(row.section, row.property_name, row.property_label), row.property_name)
        for row in questions.mapped_to(calendar.id, question.id)
    ]
    return render_template(
        "calendars/delete_question.html", calendar=calendar, source=source, question=question, rows=rows
    )


@pages.post("/hubspot/active")
@team_page()
def switch_mapping(calendar_id: int) -> ResponseReturnValue:
    """Pause HubSpot for this calendar, or set it to work again."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    wanted = request.form.get("active")
    if wanted not in ("on", "off"):
        abort(400)
    if not switch_active(calendar.id, active=wanted == "on", by=g.person.id):
        abort(404)
    if wanted == "on":
        message = (
            _(
                "HubSpot is active. HubSync watches only: bookings of this calendar are posted once the team has "
                "gone live."
            )
            if watches_only()
            else _("HubSpot is active: new bookings of this calendar are posted.")
        )
        flash(Markup("{} {}").format(message, tell_before(calendar.id)).rstrip(), "success")
    else:
        flash(_("HubSpot is paused: new bookings of this calendar are kept, but not posted."), "success")
    return _back(calendar_id)


@pages.route("/hubspot/remove", methods=["GET", "POST"])
@team_page()
def remove_integration(calendar_id: int) -> ResponseReturnValue:
    """Ask, then take HubSpot off this calendar."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    if request.method == "POST":
        remove_mapping(calendar.id, by=g.person.id)
        flash(_("HubSpot is removed from this calendar."), "success")
        return _back(calendar_id)
    mapping = load_mapping(calendar.id)
    if not mapping.version:
        abort(404)
    return render_template("mapping/remove_integration.html", calendar=calendar, mapping=mapping)


def _back(calendar_id: int) -> ResponseReturnValue:
    return redirect(url_for("advanced.show_settings", calendar_id=calendar_id))


def _show_refusal(form: QuestionForm, refused: Refused) -> None:
    field = getattr(form, refused.field or "", form.label)
    field.errors = [*field.errors, refused.message]
