"""What the record of processing says of a team's people, and of the installation."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain.busy_calendars import DAYS_AHEAD
from hubsync.phrases import enumerated
from hubsync.services.limits import LONGEST as COUNTED_FOR
from hubsync.services.operations.processing_record import ProcessingRecord
from hubsync.services.people.sessions import LONGEST as SIGNED_IN_FOR
from hubsync.services.teams.invitations import INVITATION_LIFE
from hubsync.web.teams.kept_things import KeptThing, in_database, tell_span


def describe_people(record: ProcessingRecord) -> list[KeptThing]:
    """What is kept of those who belong to the team."""
    things = [
        KeptThing(
            _("Members: name, e-mail address, linked accounts, last sign-ins and browsers"),
            in_database(record),
            _(
                "until the person is erased; being signed in for %(time)s at most",
                time=tell_span(SIGNED_IN_FOR),
            ),
            (ngettext("%(num)s member", "%(num)s members", record.members),),
            _("Members"),
            "members.list_members",
        ),
        KeptThing(
            _("Audit trail: who did what in this team"),
            in_database(record),
            _("as long as the team; no guest's name or address is in it"),
            (),
            _("Audit trail"),
            "audit.show_trail",
        ),
    ]
    if record.invitations:
        things.append(
            KeptThing(
                _("Invitations: the e-mail address"),
                in_database(record),
                _("until they are accepted or withdrawn; good for %(time)s", time=tell_span(INVITATION_LIFE)),
                (ngettext("%(num)s invitation", "%(num)s invitations", record.invitations),),
                _("Members"),
                "members.list_members",
            )
        )
    if record.busy_calendars:
        things.append(
            KeptThing(
                _("Busy calendars of members: start and end of busy times, no titles, places or guests"),
                in_database(record),
                _(
                    "from yesterday to %(days)s days ahead, read anew each time; "
                    "until the member takes the calendar away",
                    days=DAYS_AHEAD,
                ),
                (
                    ngettext("%(num)s calendar", "%(num)s calendars", record.busy_calendars),
                    _("Read from: %(places)s", places=enumerated(record.busy_places)),
                ),
            )
        )
    if record.chats:
        things.append(
            KeptThing(
                _(
                    "Chat alerts: how many bookings need somebody and why, never a guest's name; "
                    "the addresses are sealed"
                ),
                _("chats at %(services)s", services=enumerated(dict.fromkeys(record.chats))),
                _("the address until it is removed; what was sent is in the chat's keeping"),
                (ngettext("%(num)s chat", "%(num)s chats", len(record.chats)),),
                _("General"),
                "teams.settings",
            )
        )
    if record.feeds:
        things.append(
            KeptThing(
                _("Feeds of bookings, which members read in their own calendar program: guests' names and times"),
                _("the member's calendar program; of the address only a SHA-256 is kept here"),
                _("until the member switches the feed off; what the program has read is in its keeping"),
                (ngettext("%(num)s feed", "%(num)s feeds", record.feeds),),
            )
        )
    return things


def describe_installation(record: ProcessingRecord) -> list[KeptThing]:
    """What the installation keeps for all its teams."""
    backups = (
        _(
            "Before each update HubSync makes one itself; the newest %(number)s are kept.",
            number=record.migration_backups,
        )
        if record.database == "sqlite" and record.migration_backups
        else _("HubSync makes none by itself.")
    )
    return [
        KeptThing(
            _(
                "Log: ids of people and teams and hashed network addresses, "
                "no names, no e-mail addresses, no answers"
            ),
            _("the log of the server"),
            _("as long as whoever runs the server keeps it"),
        ),
        KeptThing(
            _("Counts against floods, by a keyed hash of the network address"),
            in_database(record),
            tell_span(COUNTED_FOR),
        ),
        KeptThing(
            _("Backups: everything above, as it was"),
            _("where whoever runs the server puts them"),
            _("as long as they are kept there; what is erased here stays in them"),
            (backups,),
        ),
    ]
