"""The samples of each source: bodies as their senders send them, and what becomes of each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.sources.registry import SOURCES
from hubsync.sources.signed_webhook.presets import PRESETS
from hubsync.sources.source import Ignored, Reply, Said, Several, Source


@dataclass(frozen=True)
class Sample:
    """A body of *source*, and what becomes of it.

    ``{"booking": …}``, ``{"change": …}``, ``{"several": [one of these, …]}``, ``{"ignored": …}``,
    ``{"test": …}``, ``{"reply": …}`` or ``{"faults": …}``.
    """

    source: Source = field(repr=False)
    name: str
    body: bytes = field(repr=False)
    expected: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{called(self.source)}-{self.name}"


COURSES = ("moved", "moved_twice", "cancelled")
"""The courses that a booking may take at a source which tells of more than that it was made."""


@dataclass(frozen=True)
class Course:
    """What happens to one booking of *source*: *samples* tell of it in their order, the first that it was made.

    The key ``changes`` of ``expected.json`` has one for each *kind* that the source tells of: ``{}`` says that it
    tells of none.
    """

    source: Source = field(repr=False)
    kind: str
    samples: tuple[Sample, ...] = field(repr=False)

    def __str__(self) -> str:
        return f"{called(self.source)}-{self.kind}"


USUAL_PRESET = "another"
"""The preset of a source that nobody has set up."""


def folder_of(source: Source) -> Traversable:
    """The folder in which *source* lies."""
    return resources.files(f"hubsync.sources.{source.name}")


def samples_folder_of(source: Source) -> Traversable:
    """The folder of its samples: one for each preset where a team sets the source up."""
    folder = folder_of(source) / "samples"
    return folder / _PRESET_OF.get(source, USUAL_PRESET) if source.configure is not None else folder


def called(source: Source) -> str:
    """What tests call *source*: its name, and its preset if it has one."""
    return f"{source.name}-{_PRESET_OF[source]}" if source in _PRESET_OF else source.name


def options_of(source: Source) -> dict[str, Any]:
    """What a team chose, and taught where it has to, to get *source*, as its address has it."""
    if source in _PRESET_OF:
        return {"preset": _PRESET_OF[source]}
    if source.teachable is None:
        return {}
    return {"preset": USUAL_PRESET, "teaching": PRESETS[USUAL_PRESET].teaching.stored()}


def presets_of(source: Source) -> dict[str, Source]:
    """*source* as it is with each of its presets but the usual one, by their names."""
    if source.configure is None:
        return {}
    names = sorted(each.name for each in (folder_of(source) / "samples").iterdir())
    return {name: source.configure({"preset": name}) for name in names if name != USUAL_PRESET}


def samples_of(source: Source) -> list[Sample]:
    """The samples of *source*; ``expected.json`` beside them names each."""
    folder = samples_folder_of(source)
    return [
        Sample(source, name, (folder / name).read_bytes(), told)
        for name, told in _expected(source).items()
        if name != _CHANGES
    ]


def courses_of(source: Source) -> list[Course]:
    """What happens to bookings of *source*, as its samples tell of it; ``expected.json`` says which those are."""
    samples = {each.name: each for each in samples_of(source)}
    courses: dict[str, list[str]] = _expected(source)[_CHANGES]
    return [Course(source, kind, tuple(samples[each] for each in names)) for kind, names in courses.items()]


def _expected(source: Source) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((samples_folder_of(source) / "expected.json").read_text("utf-8"))
    return told


_CHANGES = "changes"


def bookings_of(source: Source) -> list[Sample]:
    """Those that are completed bookings, the fullest first."""
    completed = [
        each
        for each in samples_of(source)
        if "booking" in each.expected and "event" not in each.expected["booking"]
    ]
    return sorted(completed, key=lambda each: -len(each.body))


EACH_REGISTERED = [*SOURCES.values()]
"""The sources as they are before anybody set one up."""

_PRESET_OF = {source: name for each in EACH_REGISTERED for name, source in presets_of(each).items()}

EACH_SOURCE = [*EACH_REGISTERED, *_PRESET_OF]
EACH_SAMPLE = [each for source in EACH_SOURCE for each in samples_of(source)]
EACH_BOOKING = [each for source in EACH_SOURCE for each in bookings_of(source)]
EACH_COURSE = [each for source in EACH_SOURCE for each in courses_of(source)]


def described(said: Said) -> dict[str, Any]:
    """What was read, as ``expected.json`` says it; what is as usual is left out of a booking."""
    match said:
        case Ignored():
            return {"test" if said.is_test else "ignored": said.reason}
        case Several():
            return {"several": [described(each) for each in said.told]}
        case Reply():
            return {"reply": dict(said.content)}
        case BookingChange():
            return {"change": {"external_ids": list(said.external_ids), **_told(said)}}
    booking = {
        "external_id": said.external_id,
        "calendar_external_id": said.calendar_external_id,
        "calendar_name": said.calendar_name,
        "guest": asdict(said.guest),
        "starts_at": said.starts_at.isoformat() if said.starts_at else None,
        "ends_at": said.ends_at.isoformat() if said.ends_at else None,
        "answers": {each.label or each.key: each.value for each in said.answers},
        "url_params": dict(said.url_params),
        **{key: each for key in ("host", "location", "locale") if (each := getattr(said, key))},
        **_told(said),
    }
    return {"booking": json.loads(json.dumps(booking))}


def _told(said: Booking | BookingChange) -> dict[str, Any]:
    told = {} if said.event is BookingEvent.COMPLETED else {"event": said.event.value}
    if said.occurred_at is not None:
        told["occurred_at"] = said.occurred_at.isoformat()
    return {
        **told,
        **{key: each for key in ("replaces", "replaced_by", "reason") if (each := getattr(said, key, ""))},
    }
