"""Path: where in a body a value stands, as a list of steps that JSON can write down.

A step is a name in an object, a number in a list, or an `Entry`: the one entry of a list (or of an object) that
says who it is, wherever it stands. Paths are pressed in a tree and never typed, so they need no language to
write them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, TypeAdapter

DEEPEST = 64
"""Steps of a path."""

LONGEST_TEXT = 1_000
Text = Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]


class Model(BaseModel):
    """A part of what a team has set up: unknown names are refused, and nothing of it is repeated in an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True, serialize_by_alias=True
    )


class Entry(Model):
    """The first entry whose value *at* these names *equals* this one, written as ``{"at": …, "is": …}``."""

    at: Annotated[tuple[Text, ...], Field(min_length=1, max_length=8)]
    equals: Annotated[Text | StrictBool, Field(alias="is")]


Step = Text | Annotated[StrictInt, Field(ge=0, le=1_000_000)] | Entry
Path = Annotated[tuple[Step, ...], Field(max_length=DEEPEST)]

_PATHS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(Path)


def find(value: Any, path: Iterable[Step]) -> Any:
    """What stands at *path* in *value*; None where nothing does, which is the same as null."""
    for step in path:
        value = _take(value, step)
        if value is None:
            return None
    return value


def may_be_missing(path: Iterable[Step]) -> bool:
    """Whether a body is complete without it: it is an entry of a list, which a question nobody answered may be."""
    return any(isinstance(step, Entry) for step in path)


def place_of(path: Iterable[Step]) -> str:
    """The path for people: ``data.fields[E-mail].value``."""
    written = ""
    for step in path:
        match step:
            case Entry():
                written += f"[{step.equals}]"
            case int():
                written += f"[{step}]"
            case _:
                written += f".{step}"
    return written.removeprefix(".") or "body"


def write_path(path: Iterable[Step]) -> str:
    """The path as JSON in one line, for a field of a form."""
    return _PATHS.dump_json(tuple(path)).decode()


def read_path(written: str) -> tuple[Step, ...]:
    """The path that `write_path` wrote; raises ValueError for anything else."""
    return _PATHS.validate_json(written)


def can_be_kept(text: str) -> bool:
    """Whether a path, or what is compared at one, can hold *text*: it is not endless, and is whole as Unicode."""
    return len(text) <= LONGEST_TEXT and not any("\ud800" <= each <= "\udfff" for each in text)


def same(one: Any, other: Any) -> bool:
    """Whether two values of JSON are one: true is not 1."""
    return type(one) is type(other) and bool(one == other)


def _take(value: Any, step: Step) -> Any:
    if isinstance(step, Entry):
        entries = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        return next((each for each in entries if same(find(each, step.at), step.equals)), None)
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    return value.get(step) if isinstance(value, Mapping) else None
