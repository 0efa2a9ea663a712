"""The settings page: clock, search lag, limits and every guess about HubSpot, as one form."""

from dataclasses import asdict

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.mailbox import TROUBLES
from hubspot_sandbox.pages.layout import page_blueprint, show
from hubspot_sandbox.pages.settings_text import SECTIONS

settings_page = page_blueprint("sandbox_switching")


@settings_page.get("/sandbox/settings")
def settings() -> str:
    """All switches with their values."""
    return _page(asdict(sandbox_state().switches), {})


def _page(values: dict[str, object], errors: dict[str, str]) -> str:
    state = sandbox_state()
    return show(
        "settings",
        sections=SECTIONS,
        values=values,
        errors=errors,
        now=state.clock.now(),
        troubles=TROUBLES,
        trouble=state.mail_trouble,
        saved="saved" in request.args,
    )


@settings_page.post("/sandbox/settings")
def change_settings() -> Response | tuple[str, int]:
    """Set all switches; nothing is changed when one value makes no sense."""
    state = sandbox_state()
    values, errors = asdict(state.switches), dict[str, str]()
    for _title, rows in SECTIONS:
        for name, *_words in rows:
            typed = request.form.get(name, "").strip()
            kind = type(values[name])
            try:
                values[name] = typed == "on" if kind is bool else _number(typed, kind)
            except ValueError:
                values[name], errors[name] = typed, _("A number is expected here.")
    if errors:
        return _page(values, errors), 400
    state.change_switches(**{name: value for name, value in values.items() if name != "name"})
    return redirect(url_for(".settings", saved=1), code=303)


def _number(typed: str, kind: type) -> float | int | str:
    if kind is str:
        return typed
    number = float(typed)
    if number != number or abs(number) > 1e10:
        raise ValueError(typed)
    return int(number) if kind is int else number


@settings_page.post("/sandbox/settings/mail")
def change_mail_trouble() -> Response:
    """Choose what the mail server does."""
    trouble = request.form.get("trouble", "")
    if trouble in TROUBLES:
        sandbox_state().mail_trouble = trouble
    return redirect(url_for(".settings", saved=1), code=303)


@settings_page.post("/sandbox/reset")
def reset() -> Response:
    """Back to a fresh sandbox."""
    sandbox_state().reset()
    return redirect(url_for("sandbox_home.index"), code=303)
