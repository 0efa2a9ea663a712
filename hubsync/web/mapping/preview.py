"""Preview and trial of a mapping before guests book: what would be posted, and marked test records."""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.mapping import MappingRows
from hubsync.domain.outcomes import Expected
from hubsync.domain.samples import is_code, mark_of
from hubsync.errors import HubSyncError, WatchOnly
from hubsync.phrases import sentences
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.mapping import trial
from hubsync.services.mapping.preview import edited_rows, latest_booking, preview
from hubsync.store.connections import Connection, connection_of
from hubsync.web.mapping.editor_state import EditorState, load_editor_state, pages, show_editor
from hubsync.web.mapping.meeting_preview import foresee_meeting
from hubsync.web.mapping.preview_text import filled_lines, owner_line, record_lines, sections_of
from hubsync.web.mapping.sample_answers import first_answers, typed_answers
from hubsync.web.mapping.trial_text import advise_on_test, sent_record_lines, values_of_test
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reasons import explain_reason


@pages.route("/preview", methods=["GET", "POST"])
@team_page()
def preview_mapping(calendar_id: int) -> ResponseReturnValue:
    """What the mapping as it stands in the editor would post; without an editor, the stored one."""
    state = load_editor_state(calendar_id)
    stopped = _stopped(state)
    if stopped is not None:
        return stopped
    mapping = edited_rows(state.edited, state.saved, state.known)
    booking = latest_booking(state.calendar.id)
    typed = "answers" in request.form
    if typed:
        form = typed_answers(state.calendar, mapping, request.form)
        if not form.check():
            return _show_preview(state, form=form, booking=None), 422
        material = form.material(state.calendar, booking)
    else:
        form, material = first_answers(state.calendar, mapping, booking)
    outcome = preview(g.team, mapping, material)
    connection = connection_of(g.team.id)
    meeting = foresee_meeting(state, outcome, material, booking, typed=typed)
    return _show_preview(
        state,
        form=form,
        booking=None if typed else booking,
        typed=typed,
        sections=sections_of(outcome, mapping, state.labels, read_refused(g.team.id)),
        looks=[*record_lines(outcome, connection), *([meeting.line] if meeting else [])],
        meeting=meeting,
        filled=filled_lines(outcome, state.labels),
        wording=reasons,
        owner=owner_line(state.edited.owner, state.owners),
        blocked=next(
            (each.code for each in (outcome.company, outcome.contact) if each.state == Expected.UNKNOWN), ""
        ),
    )


@pages.route("/test", methods=["GET", "POST"])
@team_page()
def confirm_test(calendar_id: int) -> ResponseReturnValue:
    """Show exactly what a test would create, and ask."""
    state = load_editor_state(calendar_id)
    stopped = _stopped(state)
    if stopped is not None:
        return stopped
    return _show_test(state, edited_rows(state.edited, state.saved, state.known), trial.new_code())


@pages.post("/test/send")
@team_page()
def send_test(calendar_id: int) -> ResponseReturnValue:
    """Create the marked records, once, and show them."""
    state = load_editor_state(calendar_id)
    stopped = _stopped(state)
    if stopped is not None:
        return stopped
    mapping = edited_rows(state.edited, state.saved, state.known)
    code = request.form.get("code", "")
    if not code:
        return _show_test(state, mapping, trial.new_code()), 422
    if not is_code(code):
        abort(400)
    try:
        sent = trial.send_test(state.calendar, mapping, code, g.person.id, state.edited.owner)
    except HubSyncError as fault:
        refused = fault.message if fault.code == "refused" else explain_reason(fault.code)
        return _show_test(state, mapping, code, refused=sentences(refused, advise_on_test(fault.code))), 409
    if sent is None:
        spent = _("This test was sent already. Look for “%(mark)s” in HubSpot.", mark=mark_of(code))
        return _show_test(state, mapping, trial.new_code(), refused=spent), 409
    connection = connection_of(g.team.id)
    return render_template(
        "mapping/sent_test.html",
        calendar=state.calendar,
        editor_state=state,
        mark=mark_of(code),
        parts=sent_record_lines(sent, state.labels, connection),
        all_well=not sent.faults,
        created=bool(sent.company_id or sent.contact_id),
        in_doubt=any(fault.code == "answer_lost" for fault in sent.faults),
    )


def _stopped(state: EditorState) -> ResponseReturnValue | None:
    """The way back to the editor for a mapping that is not there yet or has faults; None when it can be tried."""
    if request.method == "GET" and not state.saved.version:
        return redirect(url_for("mapping.edit_mapping", calendar_id=state.calendar.id))
    faults = state.faults()
    return (show_editor(state, faults=faults), 422) if faults else None


def _show_preview(state: EditorState, **shown: object) -> str:
    return render_template(
        "mapping/preview.html", calendar=state.calendar, editor_state=state, active=state.edited.active, **shown
    )


def _why_no_test(blocker: str, connection: Connection | None) -> str:
    """Why no test can be sent now, in words; empty when one can."""
    if not blocker and connection is not None and connection.watching_since is not None:
        return sentences(explain_reason(WatchOnly.code), advise_on_test(WatchOnly.code))
    return explain_reason(blocker) if blocker else ""


def _show_test(state: EditorState, mapping: MappingRows, code: str, refused: str = "") -> str:
    draft = trial.draft_test(state.calendar, mapping, code)
    connection = connection_of(g.team.id)
    blocker = find_posting_blocker(g.team, connection)
    return render_template(
        "mapping/confirm_test.html",
        calendar=state.calendar,
        editor_state=state,
        code=code,
        mark=mark_of(code),
        values=values_of_test(draft, state.labels),
        draft=draft,
        refused=refused,
        blocked=_why_no_test(blocker, connection),
        connection=connection,
    )
