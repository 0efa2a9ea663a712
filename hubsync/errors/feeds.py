"""Errors of busy calendars: why a feed cannot be read. Nothing of its address or its content is in a message.

None of them means that nobody is busy: the last state counts until the feed can be read again.
"""

from __future__ import annotations

from hubsync.errors.marks import N_
from hubsync.errors.root import HubSyncError, Remedy, Scope


class FeedError(HubSyncError):
    """A busy calendar could not be read; what was read before still counts.

    ``pause_seconds`` is how long its server asked to be left alone, None where it asked for nothing.
    """

    code = "feed_error"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False

    def __init__(self, message: str = "", *, pause_seconds: float | None = None) -> None:
        super().__init__(message)
        self.pause_seconds = pause_seconds


class FeedAddressInvalid(FeedError):
    """The address is no web address, or has a user name in it."""

    code = "feed_address_invalid"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Copy the whole address from your calendar's settings. It begins with https:// or webcal://.")
    permanent = True


class FeedNotHttps(FeedError):
    """The address begins with http: anybody on the way could read it, and with it the calendar."""

    code = "feed_not_https"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Try the same address with https:// at its beginning.")
    permanent = True


class FeedAddressPrivate(FeedError):
    """The address leads into a private network, to this machine, or to nobody."""

    code = "feed_address_private"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_(
        "Use an address that is reachable from the internet. For a calendar on your own network, whoever runs "
        "HubSync names its host in HUBSYNC_FEED_PRIVATE_HOSTS."
    )
    permanent = True


class FeedRedirected(FeedError):
    """The address leads on to another host, to http, or round and round."""

    code = "feed_redirected"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Open the address in a browser, and enter the address that it ends at.")
    permanent = True


class FeedIsWebPage(FeedError):
    """The answer is a web page: a sign-in, a captcha, or the page of the calendar instead of its file.

    Passing, because providers answer like this when they think that they are asked too often.
    """

    code = "feed_is_web_page"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_(
        "Take the secret address in iCal format from the calendar's settings; the address of its web page does "
        "not work. If it worked before, its server may want a pause, and HubSync tries again later."
    )
    permanent = False


class FeedRefused(FeedError):
    """401 or 403: the address or the password is not good any more, or the calendar is not shared."""

    code = "feed_refused"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_(
        "See whether the calendar is still shared, and enter its new address; with CalDAV, make a new app "
        "password."
    )
    permanent = True


class FeedNotFound(FeedError):
    """404 or 410: nothing is at this address (any more)."""

    code = "feed_not_found"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("The address may have been reset. Copy it from the calendar's settings again.")
    permanent = True


class FeedBusy(FeedError):
    """429: the server asks for fewer requests."""

    code = "feed_busy"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("Nothing to do: HubSync waits as long as it was asked to, and tries again.")
    permanent = False


class FeedServerFault(FeedError):
    """5xx, or an answer that makes no sense: the server has a fault of its own."""

    code = "feed_server_fault"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class FeedUnreachable(FeedError):
    """Nobody answered: no such host, connection refused or broken off, certificate not accepted."""

    code = "feed_unreachable"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("See whether the address is right. If it is, there is nothing to do: it is tried again later.")
    permanent = False


class FeedTooSlow(FeedError):
    """No whole answer came in time."""

    code = "feed_too_slow"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later. A calendar with fewer events is answered faster.")
    permanent = False


class FeedTooLarge(FeedError):
    """The file is larger than 5 MB."""

    code = "feed_too_large"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_(
        "Share free/busy times only where your calendar offers that, move old events to another calendar, or use "
        "CalDAV, which reads the coming weeks alone."
    )
    permanent = True


class FeedNotCalendar(FeedError):
    """What came is no iCalendar file, or an empty one."""

    code = "feed_not_calendar"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Take the address in iCal format (ICS) from the calendar's settings.")
    permanent = True


class FeedCutOff(FeedError):
    """The file ends in the middle of an event, or the connection in the middle of the file."""

    code = "feed_cut_off"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class FeedTooManyEvents(FeedError):
    """More than 5,000 components in the file, or more busy times than can be kept."""

    code = "feed_too_many_events"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Move old events to another calendar, or use CalDAV, which reads the coming weeks alone.")
    permanent = True


class FeedTooCostly(FeedError):
    """Reading the file took more time or memory than one calendar may."""

    code = "feed_too_costly"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Look for events that repeat every second or minute, and remove them.")
    permanent = True


class FeedHasNoCalendars(FeedError):
    """The CalDAV server knows the person and shows no calendar with events."""

    code = "feed_has_no_calendars"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Enter the CalDAV address that your provider names for calendars, and the right user name.")
    permanent = True
