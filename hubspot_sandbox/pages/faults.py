"""The page of faults: those in force, and a form for more."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.faults import InvalidFault
from hubspot_sandbox.pages.fault_text import ACTION_WORDS, PRESETS, said, struck, times_left
from hubspot_sandbox.pages.layout import page_blueprint, show

faults = page_blueprint("sandbox_faults")

_NUMBERS: dict[str, type] = {"status": int, "skip": int, "size": int, "delay": float, "seconds": float}
_WORDS = ("method", "path", "when", "policy", "retry_after", "location")


@faults.get("/sandbox/faults")
def board() -> str:
    """The faults in force and the forms."""
    return _page()


def _page(error: str = "", typed: dict[str, str] | None = None) -> str:
    return show(
        "faults",
        faults=sandbox_state().faults.all(),
        presets=PRESETS,
        actions=ACTION_WORDS,
        said=said,
        struck=struck,
        times_left=times_left,
        error=error,
        typed=typed or {},
    )


@faults.post("/sandbox/faults")
def add_preset() -> Response | tuple[str, int]:
    """Set one of the faults the page offers."""
    chosen = next((fault for key, *words, fault in PRESETS if key == request.form.get("preset")), None)
    if chosen is None:
        return _page(_("Choose what should go wrong.")), 400
    return _added({**chosen, "times": _times()})


@faults.post("/sandbox/faults/own")
def add_own() -> Response | tuple[str, int]:
    """Set a fault from its fields."""
    try:
        return _added({"action": request.form.get("action", ""), "times": _times(), **_fields()})
    except ValueError as problem:
        return _page(str(problem), request.form.to_dict()), 400


def _added(fault: dict[str, Any]) -> Response:
    sandbox_state().faults.add(**fault)
    return redirect(url_for(".board"), code=303)


def _times() -> int | None:
    """How often: a number from the form, or None for always."""
    typed = request.form.get("times", "1").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and int(typed) > 0 else None


def _fields() -> dict[str, Any]:
    """The filled fields; raises InvalidFault for a number that is none."""
    fields: dict[str, Any] = {}
    for name in (*_WORDS, *_NUMBERS):
        typed = request.form.get(name, "").strip()
        if not typed:
            continue
        try:
            fields[name] = _NUMBERS[name](typed) if name in _NUMBERS else typed
        except ValueError:
            raise InvalidFault(_("%(field)s must be a number", field=name)) from None
    return fields


@faults.post("/sandbox/faults/<int:fault_id>/remove")
def remove(fault_id: int) -> Response:
    """Take one fault away."""
    sandbox_state().faults.remove(fault_id)
    return redirect(url_for(".board"), code=303)


@faults.post("/sandbox/faults/clear")
def clear() -> Response:
    """Take all faults away."""
    sandbox_state().faults.clear()
    return redirect(url_for(".board"), code=303)
