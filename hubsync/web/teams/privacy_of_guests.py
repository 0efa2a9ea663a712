"""What the record of processing says of guests: what is kept of them, and who else gets it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain import mails, received
from hubsync.phrases import enumerated
from hubsync.services.bookings.erasure import LOOK_BACK
from hubsync.services.imports import worker as import_worker
from hubsync.services.operations.processing_record import ProcessingRecord
from hubsync.web.shell.reasons import name_source
from hubsync.web.teams.kept_things import KeptThing, in_database, tell_span


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
                in_database(record),
                _(
                    "until its bookings are taken in or somebody discards it; %(time)s while nobody decides, "
                    "%(more)s of a pause",
                    time=tell_span(import_worker.UNDECIDED_ENDS),
                    more=tell_span(import_worker.PAUSED_ENDS),
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
                in_database(record),
                _("until they are taken off the list"),
                (ngettext("%(num)s entry", "%(num)s entries", record.blocked_guests),),
                _("General"),
                "teams.settings",
            )
        )
    return things


def _bookings(record: ProcessingRecord) -> KeptThing:
    return KeptThing(
        _(
            "Bookings: name, e-mail address, answers, time zone, language, appointment, query names "
            "of the address with their values, what happened to the booking, and what was tried at HubSpot and "
            "answered"
        ),
        in_database(record),
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
        in_database(record),
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
            time=tell_span(mails.KEPT),
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
        _("Companies that were posted or found: name or domain, and the id in HubSpot"), in_database(record), kept
    )


def _as_long_as_bookings(record: ProcessingRecord) -> str:
    if record.retention is None:
        return _("for ever: no time is set")
    return _(
        "%(time)s; longer while they need somebody or are still to come, and %(more)s after that",
        time=tell_span(record.retention),
        more=tell_span(min(record.retention, LOOK_BACK)),
    )
