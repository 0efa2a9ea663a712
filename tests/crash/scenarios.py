"""All ways a delivery can go, each with the run in which it is to be killed."""

from __future__ import annotations

from tests.crash.access import Refresh, Replay, Rotation
from tests.crash.changes import Changed, Overtaken
from tests.crash.decisions import Apart, GoingLive, Undone, Watched
from tests.crash.faults import LostAnswer, Notice, Unavailable
from tests.crash.further_steps import Filling, Owned, Timeline, TimelineChanged
from tests.crash.records import DuplicateContact, KnownCompany, RememberedCompany, Suspended
from tests.crash.ways import NewCompany

WAYS = (
    NewCompany,
    KnownCompany,
    Suspended,
    RememberedCompany,
    DuplicateContact,
    Filling,
    Timeline,
    TimelineChanged,
    Owned,
    Refresh,
    Rotation,
    Unavailable,
    LostAnswer,
    Changed,
    Overtaken,
    Notice,
    Replay,
    Undone,
    Apart,
    Watched,
    GoingLive,
)
