"""Answers of CalDAV (RFC 4791): who somebody is, where the calendars are, and what is in one."""

from collections.abc import Iterable
from html import escape

from scheduler_sandbox.calendars.account import Account, PersonalCalendar

_NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'


def multistatus(responses: Iterable[str]) -> str:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}\n<D:multistatus {_NAMESPACES}>{''.join(responses)}</D:multistatus>"


def response(href: str, found: str, missing: str = "") -> str:
    """What is said of *href*: properties that were *found*, and others that are *missing*."""
    absent = _propstat(missing, "404 Not Found") if missing else ""
    return f"<D:response><D:href>{escape(href)}</D:href>{_propstat(found, '200 OK')}{absent}</D:response>"


def status_response(href: str, status: str) -> str:
    return f"<D:response><D:href>{escape(href)}</D:href><D:status>HTTP/1.1 {status}</D:status></D:response>"


def _propstat(properties: str, status: str) -> str:
    return f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"


def root() -> str:
    found = "<D:current-user-principal><D:href>/dav/principal/</D:href></D:current-user-principal>"
    return multistatus([response("/dav/", found, "<C:calendar-home-set/>")])


def principal(home: str) -> str:
    found = f"<C:calendar-home-set><D:href>{escape(home)}</D:href></C:calendar-home-set>"
    return multistatus([response("/dav/principal/", found)])


def home(account: Account) -> str:
    """The home set: itself, an inbox, and the calendars."""
    folder = "<D:resourcetype><D:collection/></D:resourcetype>"
    inbox = "<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>"
    calendars = [_calendar(each) for each in account.calendars]
    return multistatus([response("/dav/home/", folder), response("/dav/home/inbox/", inbox), *calendars])


def calendar(which: PersonalCalendar) -> str:
    return multistatus([_calendar(which)])


def _calendar(which: PersonalCalendar) -> str:
    found = (
        "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
        f"<D:displayname>{escape(which.name)}</D:displayname>"
        f'<C:supported-calendar-component-set><C:comp name="{which.holds}"/></C:supported-calendar-component-set>'
        f"<S:getctag>{which.tag}</S:getctag>"
    )
    return response(f"/dav/home/{which.path}/", found, "<D:sync-token/>")


def events(which: PersonalCalendar) -> str:
    """All resources of a calendar; a provider gives those alone that are within the period that was asked for."""
    return multistatus(
        response(
            f"/dav/home/{which.path}/{each}.ics",
            f"<D:getetag>{each}</D:getetag><C:calendar-data>{escape(which.write(each))}</C:calendar-data>",
        )
        for each in which.components
    )
