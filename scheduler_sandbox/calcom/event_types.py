"""Event types of the demo: one for each way in which a booking comes about at Cal.com."""

from scheduler_sandbox.calcom.entities import EventType

_ASKED = {"company": "Company", "employees": "Number of employees"}
_HIDDEN = {"utm_source": "utm_source", "utm_campaign": "utm_campaign"}

EVENT_TYPES = (
    EventType(31, "first-talk", "First talk", 30, {**_ASKED, **_HIDDEN}, tuple(_HIDDEN)),
    EventType(32, "consultation", "Consultation", 60, _ASKED, needs_confirmation=True),
    EventType(33, "open-hour", "Open hour", 60, _ASKED, seats=5),
    EventType(34, "weekly-review", "Weekly review", 30, _ASKED, times=3),
    EventType(35, "paid-advice", "Paid advice", 45, _ASKED, price=5000),
)
