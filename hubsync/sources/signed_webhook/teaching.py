"""Teaching: where in the bodies of one sender the fields of a booking are, as a team pointed at them in a sample.

It is stored as JSON and read again as it was; ``version`` tells a later HubSync how to read an older one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool

from hubsync.domain.booking import BookingEvent
from hubsync.domain.questions import Kind
from hubsync.sources.signed_webhook.paths import Model, Path, Text

Places = Annotated[tuple[Path, ...], Field(max_length=20)]
"""Where a value may stand: the first of the paths at which there is something counts."""

Names = Annotated[tuple[Text, ...], Field(max_length=50)]


class Condition(Model):
    """Whether a body (or an entry of a list) has one of these values *at* a path."""

    at: Path
    equals: Annotated[tuple[Text | StrictBool, ...], Field(alias="is", min_length=1, max_length=50)]


class Choices(Model):
    """The choices beside an answer that names them by their ids; the paths but *at* begin at a choice."""

    at: Path
    id: Path
    text: Path


class Titles(Model):
    """What questions are called, in a list elsewhere in the body: *by* is the answer's own id of its question,
    *id* and *text* those of an entry of the list *at* the path from the body's root."""

    at: Path
    by: Path
    id: Path
    text: Path


class EntryList(Model):
    """A list (or an object) whose entries are answers; its paths but *at* begin at an entry.

    Where *label* has nothing the entry is called by its name in the object, else by its *key*. ``[]`` is the
    entry itself. What stands at *also* is chosen besides. *key* is the sender's own name of the question. *kind*
    is where the entry's type stands, *kinds* says which of ours each is. Entries that are not *only* so, or that
    are *without*, belong to somebody else; with *skip_extensions* so do those whose key is another one's with
    something behind it. With *unwrap* a list of one value is that value.
    """

    at: Path
    label: Places = ()
    value: Places = ((),)
    also: Places = ()
    key: Places = ()
    kind: Path = ()
    kinds: Annotated[dict[Text, Kind], Field(max_length=100)] = Field(default_factory=dict)
    choices: Choices | None = None
    titles: Titles | None = None
    only: Condition | None = None
    without: Condition | None = None
    skip_extensions: bool = False
    unwrap: bool = False


class SingleAnswer(Model):
    """An answer that stands by itself, under the label that a person gave it."""

    label: Annotated[Text, Field(max_length=300)]
    at: Places


class Events(Model):
    """What happened, by the value *at* a path; every value that is not named says nothing of a booking."""

    at: Path
    completed: Names = ()
    moved: Names = ()
    cancelled: Names = ()
    no_show: Names = ()
    showed: Names = ()
    test: Names = ()
    """The sender tried the connection out."""

    def meaning(self, value: str) -> BookingEvent | None:
        """What a value says of a booking; None for nothing."""
        return next((event for event in BookingEvent if value in getattr(self, event.value)), None)

    @property
    def named(self) -> tuple[str, ...]:
        """The values that tell of a booking."""
        return tuple(name for event in BookingEvent for name in getattr(self, event.value))


class Teaching(Model):
    """Where everything of a booking is. What has no place is not said by this sender.

    Without *start* a booking has no time; without *id* it is known by its whole body, so that the same body
    again is the same booking; without *calendar_id* all of them belong to one calendar. *first_name* and
    *last_name* make the name where *name* has none. With *guess_guest* what is not found of the guest's address,
    name and company is taken from the answers, by what they look like and by what they are called. A body that
    meets one of *ignored* says nothing of a booking.
    """

    version: Literal[1] = 1
    id: Places = ()
    calendar_id: Places = ()
    calendar_name: Places = ()
    start: Places = ()
    end: Places = ()
    time_zone: Places = ()
    name: Places = ()
    first_name: Places = ()
    last_name: Places = ()
    email: Places = ()
    company: Places = ()
    host: Places = ()
    location: Places = ()
    locale: Places = ()
    occurred_at: Places = ()
    replaces: Places = ()
    replaced_by: Places = ()
    reason: Places = ()
    answers: Annotated[tuple[EntryList, ...], Field(max_length=50)] = ()
    single_answers: Annotated[tuple[SingleAnswer, ...], Field(max_length=200)] = ()
    url_params: Annotated[tuple[EntryList, ...], Field(max_length=50)] = ()
    events: Events | None = None
    ignored: Annotated[tuple[Condition, ...], Field(max_length=50)] = ()
    guess_guest: bool = False

    def stored(self) -> dict[str, Any]:
        """The teaching as JSON, without what is as usual."""
        return {"version": self.version, **self.model_dump(mode="json", exclude_defaults=True)}


def read_teaching(stored: Any) -> Teaching:
    """The teaching that was `Teaching.stored`; raises ValueError for anything else, repeating nothing of it."""
    return Teaching.model_validate(stored)
