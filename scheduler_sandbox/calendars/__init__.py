"""A person's own calendars, as a provider has them: published as ICS files, and by CalDAV with an app password.

account  the calendars and what is in them
server   ICS, CalDAV and a page, over one account; its switches let it answer as providers do on a bad day
caldav   the answers of CalDAV
"""

from scheduler_sandbox.calendars.account import Account, PersonalCalendar, working_week, write_event
from scheduler_sandbox.calendars.server import CalendarServer

__all__ = ["Account", "CalendarServer", "PersonalCalendar", "working_week", "write_event"]
