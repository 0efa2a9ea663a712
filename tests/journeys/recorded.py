"""What a set of bookings does to HubSpot, to the database and to the pages, as texts that can be compared.

Ids of HubSpot become "company 1", "contact 2" in the order in which they come up; tokens, times and what a machine
makes up by itself are left out. What is inside an element marked ``data-opt-in`` is not on a page for this.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import func, select

from hubsync.store import Base, db, end_read
from tests.kit.page import Element

MADE_UP = re.compile(r"_(at|until|sealed)$|^(correlation_id|external_id|lease_owner|pace)$")
"""Columns whose values a machine makes up: times, what is sealed, how fast it was."""
HOST = re.compile(r"127\.0\.0\.1:\d+")
TIME = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?"
    r"|[A-Z][a-z]{2} \d{1,2}, \d{4}(?:, \d{1,2}:\d\d\s[AP]M)?|\b\d{1,2}:\d\d\s[AP]M"
    r"|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}"
)
"""Times, and ids of HubSpot's answers."""
SPOKEN = (
    "aria-label",
    "title",
    "placeholder",
    "href",
    "action",
    "formaction",
    "name",
    "value",
    "type",
    "datetime",
)
UNSAID = {"script", "style", "template", "svg", "path", "head"}


class Names:
    """Gives each id of HubSpot a name that is the same in every run."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def learn(self, kind: str, ids: list[str]) -> None:
        for record_id in sorted(set(ids) - self._names.keys(), key=int):
            number = sum(name.startswith(kind) for name in self._names.values()) + 1
            self._names[record_id] = f"{kind} {number}"

    def tidy(self, written: str) -> str:
        """*written* with the names instead of the ids, and without times."""
        for record_id, name in self._names.items():
            written = re.sub(rf"(?<![\w-]){re.escape(record_id)}(?![\w-])", f"<{name}>", written)
        return TIME.sub("<time>", HOST.sub("<host>", written))


def calls_of(results: list[dict[str, Any]], names: Names) -> list[str]:
    """The calls in their order: method, path, query, status, and what was sent."""
    sent = ("method", "path", "query", "status", "request_body")
    return [names.tidy(" ".join(str(call[each]) for each in sent if call[each])) for call in results]


def rows_of(table: str, names: Names) -> list[dict[str, Any]]:
    """The rows of a table in their order; of a time only that there is one."""
    columns = Base.metadata.tables[table]
    found = db.session.execute(select(columns).order_by(columns.c.id)).mappings().all()
    end_read()
    return [{name: _value(name, value, names) for name, value in row.items()} for row in found]


def _value(name: str, value: Any, names: Names) -> Any:
    if MADE_UP.search(name):
        return "<is there>" if value else value
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    tidy = names.tidy(written)
    return tidy if isinstance(value, str) else json.loads(tidy) if tidy == written else tidy


def only_recorded(expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The *rows* without the columns that there were not when they were recorded."""
    columns = expected[0].keys() if expected else ()
    return [{name: value for name, value in row.items() if name in columns} for row in rows]


def written_beyond(table: str, expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[str]:
    """The columns that there were not yet and that hold something else than what they begin with."""
    columns = expected[0].keys() if expected else ()
    return [
        f"{table}.{name} = {value!r}"
        for row in rows
        for name, value in row.items()
        if name not in columns and value not in _at_first(table, name)
    ]


def _at_first(table: str, column: str) -> tuple[Any, ...]:
    declared = Base.metadata.tables[table].c[column].default
    return (None, "", 0, "[]", "{}", *([declared.arg] if declared is not None and declared.is_scalar else []))


def number_of_rows() -> dict[str, int]:
    """How many rows each table has that has any."""
    counted = {
        name: db.session.scalar(select(func.count()).select_from(table))
        for name, table in sorted(Base.metadata.tables.items())
    }
    end_read()
    return {name: count for name, count in counted.items() if count}


def lines_of(page: Element, names: Names) -> list[str]:
    """What a page says and offers, line by line: its texts, and what its links, fields and buttons send."""
    for added in page.select("[data-opt-in]"):
        added.remove()
    lines: list[str] = []
    _read(page.select_one("body")._element, lines)
    return [names.tidy(each) for each in lines]


def _read(element: Any, lines: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in UNSAID:
        return
    if element.tag == "time":
        lines.append("<time>")
        return
    if element.tag == "select":
        chosen = element.xpath(".//option[@selected]/@value")
        lines.append(f"<select {element.get('name')}> {' '.join(chosen)}")
        if element.get("name") == "time_zone":  # which zones there are, the system says
            return
        options = " | ".join(" ".join(each.text_content().split()) for each in element.iter("option"))
        same = next((at for at, line in enumerate(lines) if line == f"options: {options}"), None)
        lines.append(f"options: {options}" if same is None else f"options as in line {same}")
        return
    said = [f"{name}={_address(element.get(name))}" for name in SPOKEN if element.get(name)]
    said += [
        name for name in ("checked", "required", "disabled", "open", "hidden") if element.get(name) is not None
    ]
    if said and element.get("name") != "csrf_token":
        lines.append(f"<{element.tag}> {' '.join(said)}")
    _say(element.text, lines)
    for child in element:
        _read(child, lines)
        _say(child.tail, lines)


def _say(written: str | None, lines: list[str]) -> None:
    if words := " ".join((written or "").split()):
        lines.append(words)


def _address(value: str) -> str:
    """Without what a machine makes up: versions of files, signed tokens."""
    return re.sub(r"([?&](?:v|token|form|asked|since|until|next)=)[^&#]+", r"\1…", value)
