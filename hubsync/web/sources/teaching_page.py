"""Teaching a source's fields by a sample: each field of a booking takes the branch that is pressed.

Nothing is kept before *Save*: the draft travels in the form and is read again each time, so that the page works by
plain posts, and its script sends the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.roles import Action
from hubsync.errors import BodyUnreadable, BookingNotKept
from hubsync.services.sources import samples
from hubsync.services.sources.endpoints import EndpointView, configured
from hubsync.services.sources.intake import Received
from hubsync.services.sources.samples import Sample
from hubsync.services.sources.teaching import save_options
from hubsync.sources.source import Source
from hubsync.sources.teachable import ROLE_LABELS, Role, Teachable
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.request_bodies import takes_bytes
from hubsync.web.sources.lesson import Lesson
from hubsync.web.sources.outcome import foresee
from hubsync.web.sources.place import page_of, require_shown, require_understood, shown_number, shown_source
from hubsync.web.sources.rendering import render_inside
from hubsync.web.sources.sample_page import LARGEST_FORM, LONGEST_REPEATED

Faults = list[tuple[str, str]]


@takes_bytes(LARGEST_FORM)
@team_page(Action.TEAM_SETTINGS)
def teach() -> ResponseReturnValue:
    """The sample and what its branches are; or how one comes here."""
    endpoint, teachable = require_understood(), shown_source().teachable
    if teachable is None:
        abort(404)
    if "body" in request.form:
        return _keep(endpoint, teachable, request.form["body"])
    sample = samples.find_sample(endpoint.id)
    lesson = _begin(endpoint, teachable, sample)
    if sample is None or lesson is None:
        return _render_without(endpoint)
    if request.method == "GET":
        return _render(endpoint, sample, lesson)
    if request.form.get("base") != _base(endpoint, sample):
        said = gettext("The fields or the sample were changed meanwhile. This is how they are now.")
        return _render(endpoint, sample, lesson, alert=said), 409
    try:
        lesson = Lesson(teachable, lesson.sample, lesson.tree, _draft(lesson, endpoint))
    except ValueError:
        said = gettext("What the page sent cannot be read. This is what is kept.")
        return _render(endpoint, sample, lesson, alert=said), 422
    return _change(endpoint, sample, lesson)


def _keep(endpoint: EndpointView, teachable: Teachable, pasted: str) -> ResponseReturnValue:
    """Keep the body that somebody pasted, if something can be pointed at in it."""
    body = pasted.strip().encode("utf-8", "replace")
    faults: Faults = []
    if not body:
        faults = [("", gettext("Paste what your booking tool sent."))]
    else:
        try:
            teachable.draw_tree(teachable.open_sample(body))
            samples.keep_pasted(endpoint.id, body)
        except BodyUnreadable as unreadable:
            faults = [(place, gettext(reason)) for place, reason in unreadable.faults]
    if not faults:
        return redirect(url_for(".teach"))
    return _render_without(endpoint, pasted, faults), 422


def _begin(endpoint: EndpointView, teachable: Teachable, sample: Sample | None) -> Lesson | None:
    """What is taught, or a first guess where nothing is; None without a sample that has a tree."""
    if sample is None:
        return None
    try:
        opened = teachable.open_sample(sample.body)
        lesson = Lesson(teachable, opened, teachable.draw_tree(opened), endpoint.options)
    except BodyUnreadable:
        return None
    return lesson if teachable.is_taught(endpoint.options) else lesson.guess()


def _draft(lesson: Lesson, endpoint: EndpointView) -> dict[str, Any]:
    """The draft that came with the form. Raises ValueError for what is none, or is about more than fields."""
    try:
        draft = json.loads(request.form.get("draft", ""))
    except RecursionError:
        raise ValueError("this is nested too deeply") from None
    describe = lesson.teachable.describe_scheme
    if not isinstance(draft, dict) or draft.get("preset") != lesson.draft.get("preset"):
        raise ValueError("this is no draft of the address")
    if describe(draft) != describe(endpoint.options):
        raise ValueError("a proof is not taught here")
    return draft


def _change(endpoint: EndpointView, sample: Sample, lesson: Lesson) -> ResponseReturnValue:
    """What the buttons do: first the pull-downs, in any case, so that nothing chosen is lost."""
    active = _role(request.form.get("field", "")) or lesson.next_after(None)
    said = ""
    try:
        for role in ROLE_LABELS:
            if chosen := request.form.get(f"at-{role}", ""):
                lesson, said = _point(lesson, role, chosen)
                active = lesson.next_after(role)
        if pressed := request.form.get("branch", ""):
            lesson, said = _point(lesson, active, pressed)
            active = lesson.next_after(active)
        elif removed := _role(request.form.get("remove", "").partition(" ")[0]):
            lesson = lesson.unpoint(removed, request.form["remove"].partition(" ")[2])
            said = gettext("%(field)s: removed.", field=gettext(ROLE_LABELS[removed]))
            active = removed
        elif request.form.get("do") == "guess":
            lesson, said = lesson.guess(), gettext("These are the fields as HubSync knows them by itself.")
            active = lesson.next_after(None)
        elif request.form.get("do") == "save":
            return _save(endpoint, sample, lesson, active)
    except _DoesNotFit as misfit:
        return _render(endpoint, sample, lesson, active=active, said=str(misfit), is_wrong=True), 422
    return _render(endpoint, sample, lesson, active=active, said=said)


class _DoesNotFit(Exception):
    """Says for people that a branch cannot be a field."""


def _point(lesson: Lesson, role: Role, written: str) -> tuple[Lesson, str]:
    field = gettext(ROLE_LABELS[role])
    try:
        pointed = lesson.point(role, written)
    except ValueError:
        name = lesson.texts.get(written, "")
        told = gettext(
            "%(branch)s cannot be taken as %(field)s: its value does not look like one.", field=field, branch=name
        )
        raise _DoesNotFit(told) from None
    return pointed, gettext("%(field)s is taken from %(branch)s.", field=field, branch=lesson.text_of(written))


def _save(endpoint: EndpointView, sample: Sample, lesson: Lesson, active: Role) -> ResponseReturnValue:
    """Keep the draft, and take in the sample where that was ticked."""
    try:
        taken = save_options(
            g.team.id,
            shown_source().name,
            shown_number(),
            lesson.draft,
            by=g.person.id,
            take_sample=sample.was_sent and "take" in request.form,
        )
    except BodyUnreadable:
        said = gettext(
            "Not saved: the sample cannot be read like this. What is wrong stands at its field and below."
        )
        return _render(endpoint, sample, lesson, active=active, alert=said), 422
    except BookingNotKept:
        said = gettext("The fields are saved. The delivery could not be taken in just now: press Save once more.")
        fresh = require_shown()
        return _render(fresh, sample, lesson, active=active, alert=said), 503
    flash(_announced(taken), "success")
    return redirect(url_for(".show_endpoint"))


def _announced(taken: Received | None) -> str:
    message = gettext("The fields are saved. What comes from now on is read by them.")
    if taken is None or taken.delivery_id is None:
        return message
    address = url_for("deliveries.show_delivery", delivery_id=taken.delivery_id)
    return Markup('{} {} <a href="{}">{}</a>').format(
        message, gettext("The first delivery came in."), address, gettext("Open its delivery")
    )


def _role(name: str) -> Role | None:
    return next((each for each in Role if each == name), None)


def _base(endpoint: EndpointView, sample: Sample) -> str:
    """What the draft began with: a change by somebody else shows in it."""
    return fingerprint(json.dumps(endpoint.options, sort_keys=True) + fingerprint(sample.body.decode()))[:16]


def _render(
    endpoint: EndpointView,
    sample: Sample,
    lesson: Lesson,
    *,
    active: Role | None = None,
    said: str = "",
    is_wrong: bool = False,
    alert: str = "",
) -> str:
    """The page; *said* is what a press came to, *is_wrong* where it did not fit, *alert* what stands on top."""
    draft: Mapping[str, Any] = lesson.draft
    outcome, faults = foresee(configured(shown_source(), draft), sample.body)
    active = active or lesson.next_after(None)
    usual, rare = lesson.show_fields(active, faults)
    return render_inside(
        "sources/teach.html",
        endpoint,
        sample=sample,
        tree=lesson.show_tree(),
        left_out=lesson.tree.left_out,
        usual=usual,
        rare=rare,
        active=active,
        active_label=gettext(ROLE_LABELS[active]),
        is_timeless=Role.START not in lesson.pointed_at,
        outcome=outcome,
        faults=faults,
        other_faults=lesson.other_faults(faults),
        draft=json.dumps(draft),
        base=_base(endpoint, sample),
        takes=request.method == "GET" or "take" in request.form,
        said=said,
        is_wrong=is_wrong,
        alert=alert,
        is_guessed=not lesson.teachable.is_taught(endpoint.options),
    )


def _render_without(endpoint: EndpointView, body: str = "", faults: Faults | None = None) -> str:
    teachable = shown_source().teachable
    return render_inside(
        "sources/teach_first.html",
        endpoint,
        is_taught=teachable is not None and teachable.is_taught(endpoint.options),
        body=body if len(body) <= LONGEST_REPEATED else "",
        faults=faults or [],
    )


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module, if *source* can be taught."""
    if source.teachable is None:
        return
    pages.add_url_rule(f"{page_of(source)}/teach", view_func=teach, methods=["GET", "POST"])
