"""Texts of the record of processing: what is kept, where, and until when, a line for each kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain import mails, received
from hubsync.domain.busy_calendars import DAYS_AHEAD
from hubsync.phrases import enumerated
from hubsync.services.bookings.erasure import LOOK_BACK
from hubsync.services.imports import worker as import_worker
from hubsync.services.limits import LONGEST as COUNTED_FOR
from hubsync.services.operations.processing_record import ProcessingRecord
from hubsync.services.people.sessions import LONGEST as SIGNED_IN_FOR
from hubsync.services.teams.invitations import INVITATION_LIFE
from hubsync.web.shell.reasons import name_source

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""What databases are called, by the names that SQLAlchemy has for them."""


@dataclass(frozen=True)
class KeptThing:
    """A line of the record. *lead* is the label of a page of Team Settings about it and *endpoint* that page."""

    what: str
    where: str
    kept: str
    more: Sequence[str] = field(default=())
    lead: str = ""
    endpoint: str = ""


def describe_guests(record: ProcessingRecord) -> list[KeptThing]:
    """What is kept of guests, and who else gets it."""
    things = [_bookings(record), _marks(record), _hubspot(record), _companies(record)]
    if record.sources:
        things.append(_sources(record))
    things.append(_mails(record))
    if record.import_files:
        things.append(
            KeptThing(
                _("The file of bookings of before that is being imported, sealed"),
                _place(record),
                _(
                    "until its bookings are taken in or somebody discards it; %(time)s while nobody decides, "
                    "%(more)s of a pause",
                    time=_span(import_worker.UNDECIDED_ENDS),
                    more=_span(import_worker.PAUSED_ENDS),
                ),
                (),
                _("Import"),
                "imports.list_imports",
            )
        )
    if record.blocked_guests:
        things.append(
            KeptThing(
                _("Addresses and domains of blocked guests"),
                _place(record),
                _("until they are taken off the list"),
                (ngettext("%(num)s entry", "%(num)s entries", record.blocked_guests),),
                _("General"),
                "teams.settings",
            )
        )
    return things


def describe_people(record: ProcessingRecord) -> list[KeptThing]:
    """What is kept of those who belong to the team."""
    things = [
        KeptThing(
            _("Members: name, e-mail address, linked accounts, last sign-ins and browsers"),
            _place(record),
            _(
                "until the person is erased; being signed in for %(time)s at most",
                time=_span(SIGNED_IN_FOR),
            ),
            (ngettext("%(num)s member", "%(num)s members", record.members),),
            _("Members"),
            "members.list_members",
        ),
        KeptThing(
            _("Audit trail: who did what in this team"),
            _place(record),
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
                _place(record),
                _("until they are accepted or withdrawn; good for %(time)s", time=_span(INVITATION_LIFE)),
                (ngettext("%(num)s invitation", "%(num)s invitations", record.invitations),),
                _("Members"),
                "members.list_members",
            )
        )
    if record.busy_calendars:
        things.append(
            KeptThing(
                _("Busy calendars of members: start and end of busy times, no titles, places or guests"),
                _place(record),
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
            _place(record),
            _span(COUNTED_FOR),
        ),
        KeptThing(
            _("Backups: everything above, as it was"),
            _("where whoever runs the server puts them"),
            _("as long as they are kept there; what is erased here stays in them"),
            (backups,),
        ),
    ]


def _bookings(record: ProcessingRecord) -> KeptThing:
    return KeptThing(
        _(
            "Bookings: name, e-mail address, answers, time zone, language, appointment, query names "
            "of the address with their values, what happened to the booking, and what was tried at HubSpot and "
            "answered"
        ),
        _place(record),
        _as_long_as_bookings(record),
        (
            ngettext("%(num)s booking", "%(num)s bookings", record.bookings),
            _("Whoever runs the server sets the time: HUBSYNC_RETENTION_DAYS."),
        ),
        _("Deliveries"),
        "deliveries.list_deliveries",
    )


def _marks(record: ProcessingRecord) -> KeptThing:
    return KeptThing(
        _(
            "Of erased bookings: a SHA-256 of the id at their source, and the numbers of each day; "
            "of erased guests a receipt with a salted hash of the address"
        ),
        _place(record),
        _("as long as the team, so that a booking that is sent again is not posted again"),
    )


def _hubspot(record: ProcessingRecord) -> KeptThing:
    what = _("Contacts and companies: what each calendar's mapping says")
    if record.hubspot is None:
        return KeptThing(
            what,
            _("HubSpot; not connected, nothing is posted"),
            _("what was posted before is kept there, until you delete it there"),
            (),
            _("Integrations"),
            "integrations.list_integrations",
        )
    account = record.hubspot.account_name or record.hubspot.hubspot_account_id
    more = [_("The key to the account is kept sealed until you disconnect it.")]
    if record.hubspot_users:
        more.append(
            ngettext(
                "Name and address of %(num)s HubSpot user are kept until then, for the owner of records.",
                "Names and addresses of %(num)s HubSpot users are kept until then, for the owner of records.",
                record.hubspot_users,
            )
        )
    if record.timelines:
        more.append(
            ngettext(
                "Bookings of %(num)s calendar are meetings there too, with what its texts say of the guest.",
                "Bookings of %(num)s calendars are meetings there too, with what their texts say of the guest.",
                record.timelines,
            )
        )
    return KeptThing(
        what,
        _("HubSpot, account %(account)s", account=account),
        _("as long as you keep them there; HubSync deletes nothing there by itself"),
        more,
        _("Integrations"),
        "integrations.list_integrations",
    )


def _sources(record: ProcessingRecord) -> KeptThing:
    more = [_("From: %(sources)s", sources=enumerated(map(name_source, record.sources)))]
    if record.source_accounts:
        names = enumerated(map(name_source, record.source_accounts))
        more.append(_("Tokens are kept sealed of: %(sources)s", sources=names))
    return KeptThing(
        _("Booking sources: lines about what came, without contents; samples that fields are taught by, sealed"),
        _("here; the source itself keeps its own bookings"),
        _(
            "%(days)s days, the last %(number)s lines; a sample until its fields are saved",
            days=received.KEEP_DAYS,
            number=received.MOST_LINES,
        ),
        more,
        _("Integrations"),
        "integrations.list_integrations",
    )


def _mails(record: ProcessingRecord) -> KeptThing:
    what = _("Mails to guests, hosts and members")
    if not record.mail_server:
        return KeptThing(
            what, _("mail is not set up, none leaves"), _("not at all"), (), _("Mails"), "mails.list_mails"
        )
    waiting = ngettext("%(num)s mail waits", "%(num)s mails wait", record.unsent_mails)
    return KeptThing(
        what,
        _("the mail server %(server)s, and mailboxes from there on", server=record.mail_server),
        _(
            "the contents sealed until the mail has left; that it was sent for %(time)s more",
            time=_span(mails.KEPT),
        ),
        (waiting,) if record.unsent_mails else (),
        _("Mails"),
        "mails.list_mails",
    )


def _companies(record: ProcessingRecord) -> KeptThing:
    kept = (
        _("for ever: no time is set")
        if record.retention is None
        else _("as long as bookings, and a little longer")
    )
    return KeptThing(
        _("Companies that were posted or found: name or domain, and the id in HubSpot"), _place(record), kept
    )


def _as_long_as_bookings(record: ProcessingRecord) -> str:
    if record.retention is None:
        return _("for ever: no time is set")
    return _(
        "%(time)s; longer while they need somebody or are still to come, and %(more)s after that",
        time=_span(record.retention),
        more=_span(min(record.retention, LOOK_BACK)),
    )


def _place(record: ProcessingRecord) -> str:
    return _("the database of this installation (%(kind)s)", kind=DATABASES.get(record.database, record.database))


def _span(time: timedelta) -> str:
    if time >= timedelta(days=1):
        return ngettext("%(num)s day", "%(num)s days", time.days)
    return ngettext("%(num)s minute", "%(num)s minutes", time.seconds // 60)
