"""Texts of states and reasons of deliveries, and of every error there is.

Codes are stored, sentences are not: these tables are read when a page is shown, in the reader's language.
"""

from __future__ import annotations

from flask_babel import lazy_gettext

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.reasons import Reason

STATES = {
    DeliveryState.PENDING: lazy_gettext("Written down. The first attempt begins within seconds."),
    DeliveryState.SENDING: lazy_gettext("Being posted at this moment. Reload the page to see what came of it."),
    DeliveryState.POSTED: lazy_gettext("What HubSpot did not have yet was registered there."),
    DeliveryState.DUPLICATE: lazy_gettext("HubSpot had all of it already. What is there was left as it is."),
    DeliveryState.PARTIAL: lazy_gettext("One part is in HubSpot, another one could not be posted."),
    DeliveryState.SKIPPED: lazy_gettext("Nothing was posted."),
    DeliveryState.WAITING: lazy_gettext(
        "Not posted yet. The booking is kept until somebody does what is missing."
    ),
    DeliveryState.RETRYING: lazy_gettext("Something that passes was in the way. HubSync tries again by itself."),
    DeliveryState.FAILED: lazy_gettext(
        "Nothing of this booking is in HubSpot, and HubSync does not try again by itself."
    ),
    DeliveryState.HELD: lazy_gettext(
        "Kept, and held for a look: nobody was mailed of it, and nothing of it is posted until somebody decides."
    ),
}
"""What each state means."""

HELD_BACK = lazy_gettext(
    "Not posted yet. The booking is kept until somebody acts in HubSpot; then it is posted by itself."
)
"""What "retrying" means while HubSpot takes nothing for the account."""
PUT_ASIDE = lazy_gettext("It was dismissed, so HubSync does not try it again by itself.")
"""What "retrying" means for a delivery that was dismissed."""

STATE_WORDS = {
    DeliveryState.PENDING: lazy_gettext("pending"),
    DeliveryState.SENDING: lazy_gettext("sending"),
    DeliveryState.POSTED: lazy_gettext("posted"),
    DeliveryState.DUPLICATE: lazy_gettext("duplicate"),
    DeliveryState.PARTIAL: lazy_gettext("partly posted"),
    DeliveryState.SKIPPED: lazy_gettext("skipped"),
    DeliveryState.WAITING: lazy_gettext("waiting"),
    DeliveryState.RETRYING: lazy_gettext("trying again"),
    DeliveryState.FAILED: lazy_gettext("failed"),
    DeliveryState.HELD: lazy_gettext("held for a look"),
}
"""Each state in a word, for files; pages show it with an icon (macros/page.html)."""

REASONS = {
    Reason.PLAN: lazy_gettext("HubSpot integration is available with the Premium Plan."),
    Reason.CIRCUIT_OPEN: lazy_gettext(
        "HubSpot did not answer a moment ago, so the first attempt was left for later."
    ),
    Reason.DAILY_LIMIT: lazy_gettext("HubSpot's limit of calls for this day was reached."),
    Reason.ACCOUNT_MOVING: lazy_gettext("HubSpot is moving the account and takes nothing from it meanwhile."),
    Reason.RESTORED: lazy_gettext(
        "The database was restored from a backup a moment ago; HubSpot is asked as soon as its search shows what "
        "was posted last."
    ),
    Reason.HOURLY_CEILING: lazy_gettext(
        "More bookings were made on the page of this calendar within an hour than its hourly ceiling lets through."
    ),
    Reason.ABANDONED: lazy_gettext("HubSync was stopped again and again in the middle of it."),
    "no_place": lazy_gettext("HubSpot's rate limits left no room for another call just then."),
    "not_asked": lazy_gettext("There was no time left to ask HubSpot."),
    Reason.NOT_ADDED: lazy_gettext("HubSpot was not added to this calendar."),
    Reason.PAUSED: lazy_gettext("The HubSpot integration of this calendar was paused."),
    Reason.NOTHING_MAPPED: lazy_gettext("No row of the mapping gave anything to post."),
    Reason.NOTHING_TO_POST: lazy_gettext("The booking gave neither a company nor a contact that could be posted."),
    "error": lazy_gettext("HubSync could not go on."),
    "hubspot_error": lazy_gettext("HubSpot did not do what it was asked for."),
    "hubspot_unreachable": lazy_gettext("HubSpot could not be reached."),
    "hubspot_busy": lazy_gettext("HubSpot could not deal with it at that moment."),
    "rate_limited": lazy_gettext("HubSpot's limit of calls was reached."),
    "answer_lost": lazy_gettext("A record was sent and HubSpot's answer did not arrive, so it may exist."),
    "account_trouble": lazy_gettext("HubSpot takes nothing for this account at the moment."),
    "account_full": lazy_gettext(
        "The HubSpot account is full: a limit of its plan is reached, and HubSpot takes no more records."
    ),
    "account_suspended": lazy_gettext("HubSpot has suspended or closed the account and takes nothing for it."),
    "person_erased": lazy_gettext("This person was erased in HubSpot and cannot be entered again."),
    "access_expired": lazy_gettext("HubSpot did not accept the access token."),
    "access_lost": lazy_gettext("HubSync has no access to the HubSpot account any more."),
    "idle_expired": lazy_gettext(
        "Nothing was posted for so long that access to HubSpot has expired. Connecting again ends it."
    ),
    "permission_missing": lazy_gettext("A permission is missing in HubSpot."),
    "app_misconfigured": lazy_gettext("HubSpot refuses the app settings of this installation."),
    "code_refused": lazy_gettext("HubSpot did not take the authorization code of Connect."),
    "values_refused": lazy_gettext("HubSpot does not take a value that the record cannot do without."),
    "required_property_missing": lazy_gettext("HubSpot requires a property that the mapping does not fill."),
    "contact_exists": lazy_gettext("HubSpot has a contact with this e-mail already."),
    "record_conflict": lazy_gettext(
        "HubSpot answered that it has this record already, but it has none when HubSync looks for it."
    ),
    "record_gone": lazy_gettext("A HubSpot record that was referred to does not exist any more."),
    "record_refused": lazy_gettext("HubSpot refused the record."),
    "address_unreadable": lazy_gettext("What the guest gave as e-mail is not an e-mail address."),
    "look_up_refused": lazy_gettext("HubSpot did not take the question whether it has this record."),
    "company_busy": lazy_gettext(
        "This company is just being registered, or was, and HubSpot's answer was lost. "
        "HubSync looks first, then goes on."
    ),
    "record_busy": lazy_gettext("Another booking is just writing to the same record in HubSpot."),
    "not_connected": lazy_gettext("The team was not connected to HubSpot."),
    "watch_only": lazy_gettext("HubSync watches only: it read in HubSpot and wrote nothing."),
    "another_account": lazy_gettext(
        "The team was connected to another HubSpot account than the one this booking was begun in."
    ),
    "refused": lazy_gettext("HubSync could not do this as asked."),
    "not_found": lazy_gettext("Something that is needed does not exist any more."),
    "role_too_low": lazy_gettext("The role did not allow this."),
    "link_spent": lazy_gettext("The sign-in link was used already or is too old."),
    "invitation_spent": lazy_gettext("The invitation was used already, was withdrawn, or is too old."),
    "identity_refused": lazy_gettext("The sign-in provider's answer proved nobody."),
    "another_address": lazy_gettext("The invitation is for another e-mail address."),
    "other_browser": lazy_gettext("The sign-in was begun in another browser."),
    "provider_unreachable": lazy_gettext("The sign-in provider did not answer as it should."),
    "proof_missing": lazy_gettext("The sender of the booking did not prove who it is."),
    "body_unreadable": lazy_gettext("What the booking source sent could not be read."),
    "secret_not_entered": lazy_gettext("The secret by which the sender proves itself has not been entered yet."),
    "source_error": lazy_gettext("The booking source did not do as asked."),
    "source_unreachable": lazy_gettext("The booking source did not answer."),
    "source_busy": lazy_gettext("The booking source asks for fewer calls. HubSync goes on a little later."),
    "source_token_refused": lazy_gettext("The booking source does not take the token: it is wrong, or has ended."),
    "source_right_missing": lazy_gettext("The token lacks a right, or the plan at the booking source a feature."),
    "source_refused": lazy_gettext("The booking source refused what HubSync asked for."),
    "feed_error": lazy_gettext("The busy calendar could not be read."),
    "feed_address_invalid": lazy_gettext("This is not the address of a calendar."),
    "feed_not_https": lazy_gettext(
        "The address begins with http://, so that anybody on the way could read the calendar."
    ),
    "feed_address_private": lazy_gettext("The address leads to a private network, or to this machine."),
    "feed_redirected": lazy_gettext("The address leads on to another one, which HubSync does not follow."),
    "feed_is_web_page": lazy_gettext("A web page came instead of a calendar, such as one for signing in."),
    "feed_refused": lazy_gettext("The calendar's server does not let HubSync in."),
    "feed_not_found": lazy_gettext("There is no calendar at this address."),
    "feed_busy": lazy_gettext("The calendar's server asks for fewer requests."),
    "feed_server_fault": lazy_gettext("The calendar's server has a fault of its own."),
    "feed_unreachable": lazy_gettext("The calendar's server could not be reached."),
    "feed_too_slow": lazy_gettext("The calendar did not come in time."),
    "feed_too_large": lazy_gettext("The calendar is larger than 5 MB."),
    "feed_not_calendar": lazy_gettext("What came is not a calendar."),
    "feed_cut_off": lazy_gettext("The calendar came in part only."),
    "feed_too_many_events": lazy_gettext("The calendar has more events than HubSync reads."),
    "feed_too_costly": lazy_gettext("Working out the times of this calendar took too much time or memory."),
    "feed_has_no_calendars": lazy_gettext("No calendar with events was found there."),
    "mapping_changed": lazy_gettext("Somebody else saved the mapping meanwhile."),
    "free_times_changed": lazy_gettext("Somebody else saved the free times meanwhile."),
    "unwanted_rules_changed": lazy_gettext("Somebody else saved these settings meanwhile."),
    "guest_has_enough": lazy_gettext("This guest has as many appointments to come as one may have."),
    "time_not_offered": lazy_gettext("This time is not free any more."),
    "booking_not_changeable": lazy_gettext("This booking cannot be moved or cancelled any more."),
    "booking_erased": lazy_gettext("This booking was erased."),
    "booking_not_kept": lazy_gettext("The database did not take the booking at that moment."),
    "booking_page_closed": lazy_gettext("The calendar was archived and took no bookings."),
    "mail_not_sent": lazy_gettext("The mail server did not accept the mail."),
    "secret_unreadable": lazy_gettext(
        "The stored access to HubSpot cannot be opened with the keys of this installation."
    ),
}
"""Why: the reasons for which HubSpot is not called at all, then the code of every error there is."""

ADVICE = {
    Reason.PLAN: lazy_gettext("The owner can change the plan in Team Settings; then press Retry."),
    Reason.NOT_ADDED: lazy_gettext("Add HubSpot in the calendar's Advanced settings, then press Retry."),
    Reason.PAUSED: lazy_gettext("Switch it on in the calendar's Advanced settings, then press Retry."),
    Reason.NOTHING_MAPPED: lazy_gettext("If it should have been posted, add rows to the mapping and press Retry."),
    Reason.NOTHING_TO_POST: lazy_gettext(
        "A company needs a name or a domain, a contact needs an e-mail. Map these and press Retry."
    ),
    "secret_unreadable": lazy_gettext("Put the former key back into HUBSYNC_ENCRYPTION_KEYS, or connect again."),
}
"""What to do, where it is not the error that says it."""

FAULTS = {
    "hubspot_busy": lazy_gettext(
        "HubSpot had a fault of its own; nothing is wrong with the booking or the mapping."
    ),
    "answer_lost": lazy_gettext(
        "HubSpot had a fault of its own after a record was sent, so the record may exist."
    ),
}
"""Reasons that HubSpot gave with a 5xx."""

TRY_AGAIN = lazy_gettext(
    "HubSync has tried for days and has stopped. Press Retry to have it tried again, or enter the record in "
    "HubSpot yourself and press Dismiss."
)
USED_UP = {
    "record_conflict": lazy_gettext(
        "Look in HubSpot for a record with this name or e-mail address, among the deleted ones too. Then press "
        "Retry; if it happens again, ask HubSpot's support."
    ),
}
"""What to do once the attempts are used up, where there is more to say than TRY_AGAIN."""

WITHOUT_WORDS = lazy_gettext(
    "HubSpot did not say why. Press Retry; if it happens again, ask HubSpot's support with the correlation id, or "
    "enter the record in HubSpot yourself and press Dismiss."
)
"""What to do about a refusal of which HubSpot said nothing that could be read."""
