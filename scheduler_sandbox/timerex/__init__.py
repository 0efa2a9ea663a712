"""A stand-in for TimeRex: a space whose webhook posts what is booked, changed and cancelled, and pages to do so.

TimeRex makes the webhook's token itself, signs nothing, counts anything but 200 as failed, and repeats twice after
10 s.

records  what it knows: calendars, guests, bookings, and switches for what differs between accounts
bodies   what it posts of a booking
space    what guests and hosts do, with the deliveries that it makes
pages    pages for people: make the webhook, book, change, cancel
server   all of it on one port
"""

from scheduler_sandbox.timerex.records import HEADER, OLDER_HEADER, Booking, Calendar, Guest, Switches
from scheduler_sandbox.timerex.server import TimeRexServer
from scheduler_sandbox.timerex.space import PAUSES, TimeRex, take_200

__all__ = [
    "HEADER",
    "OLDER_HEADER",
    "PAUSES",
    "Booking",
    "Calendar",
    "Guest",
    "Switches",
    "TimeRex",
    "TimeRexServer",
    "take_200",
]
