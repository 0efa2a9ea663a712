"""What a browser without JavaScript sends with a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.kit.page import Element

Pairs = list[tuple[str, str]]
_TOKEN = re.compile(r'<input[^>]* name="csrf_token"[^>]* value="([^"]+)"|value="([^"]+)"[^>]* name="csrf_token"')


def fields_of(form: Element) -> Pairs:
    """The fields as they stand, but for a button."""
    found: Pairs = []
    for each in form.select("input, select, textarea"):
        name, kind = each.get("name"), each.get("type", "text")
        if not name or each.has_attr("disabled") or kind in ("submit", "button"):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            if chosen is not None:
                found.append((name, chosen.get("value", chosen.text)))
        elif each.name == "textarea":
            found.append((name, each.get_text()))
        elif kind not in ("checkbox", "radio") or each.has_attr("checked"):
            found.append((name, each.get("value", "on" if kind in ("checkbox", "radio") else "")))
    return found


def filled(page: Element) -> Pairs:
    """What a browser would send with the last form of the page's content, but for a button."""
    return fields_of(page.select("main form")[-1])


def find_button(where: Element, words: str, sends: str = "") -> Element:
    """The first button that sends a form and has these *words*.

    *sends* is what the button itself sends, as "name=value", where words do not tell buttons apart.
    """
    buttons = [
        each
        for each in where.select("button, input")
        if words in each.words
        and sends in ("", f"{each.get('name')}={each.get('value')}")
        and each.get("type", "submit") == "submit"
    ]
    assert buttons, f"no button {words!r} among {where.words[:500]!r}"
    return buttons[0]


def form_of(button: Element) -> Element:
    """The form around the button, which it sends; no page has a button outside its form."""
    form = button.find_parent("form")
    assert form is not None, f"the button {button.words!r} is in no form"
    return form


def names_of(form: Element) -> set[str]:
    """What can be filled in."""
    return {str(each["name"]) for each in form.select("input, select, textarea") if each.get("name")}


def sent_by(button: Element) -> Pairs:
    """What the button adds to its form's fields."""
    return [(str(button["name"]), str(button.get("value", "")))] if button.get("name") else []


def change_fields(fields: Pairs, changed: Mapping[str, Any]) -> Pairs:
    """The fields with other values; None leaves one out, a list is sent as several."""
    kept = [pair for pair in fields if pair[0] not in changed]
    return kept + [(name, each) for name, value in changed.items() for each in _values(value)]


def _values(value: Any) -> Iterable[str]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def by_name(fields: Pairs) -> dict[str, list[str]]:
    """The values of each field, as werkzeug's client takes them."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def form_token(text: str) -> str | None:
    """The session's form token on a page, found without reading the page."""
    found = _TOKEN.search(text)
    return (found[1] or found[2]) if found else None
