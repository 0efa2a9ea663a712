"""Pages that name no Action, and places that compare roles, each with its reason."""

OPEN_TO_MEMBERS = {
    "teams.show_team",
    "account.leave_team",
    "calendars.list_calendars",
    "calendars.show_calendar",
    "calendars.change_calendar",
    "calendars.archive_calendar",
    "calendars.restore_calendar",
    "calendars.delete_calendar",
    "calendars.dismiss_relabelled",
    "free_times.show_free_times",
    "free_times.save_free_times",
    "free_times.pause",
    "free_times.resume",
    "advanced.show_settings",
    "advanced.preview_questions",
    "advanced.order_questions",
    "advanced.add_question",
    "advanced.change_question",
    "advanced.move_question",
    "advanced.delete_question",
    "advanced.switch_mapping",
    "advanced.remove_integration",
    "mapping.edit_mapping",
    "mapping.save_mapping",
    "mapping.choose_copy",
    "mapping.confirm_copy",
    "mapping.take_copy",
    "mapping.preview_mapping",
    "mapping.confirm_test",
    "mapping.send_test",
    "deliveries.list_deliveries",
    "replays.show_replay",
    "replays.tell_progress",
    "deliveries.show_delivery",
    "deliveries.retry",
    "deliveries.dismiss",
    "deliveries.take_back",
    "deliveries.correct",
    "deliveries.save_answers",
    "deliveries.confirm_many",
    "deliveries.do_many",
    "deliveries.undo",
    "deliveries.export",
}
"""Pages of a team that name no Action, because every member may open them: they show what belongs to the reader's
own calendars, and hand ``g.membership`` to the service that looks whose the calendar is; or they are
about oneself."""

COMPARISONS = {
    "services/notices/recipients.py addressees_of": "finds whom a mail goes to",
    "web/teams/members.py remove_member": "the owner cannot be removed, whoever asks",
    "services/teams/members.py change_role": "a team gets no second owner, whoever asks",
    "services/teams/invitations.py invite": "a team gets no second owner, whoever asks",
    "services/teams/leaving.py read_leaving": "a team keeps its owner, who hands it over first",
}
"""Where a role is compared outside domain/roles, with why that decides no right of the reader."""
