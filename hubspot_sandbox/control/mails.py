"""Calls about the mailbox: its mails, and the faults of its mail server."""

from typing import Any

from flask import jsonify

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import InvalidRequest, body_object, control
from hubspot_sandbox.mailbox import TROUBLES


@control.get("/mails")
def list_mails() -> Any:
    """Every mail, oldest first; ``from`` and ``to`` are headers, ``sender`` and ``recipients`` the envelope."""
    state = sandbox_state()
    with state.lock:
        return jsonify(results=[{"number": mail.number, **mail.letter} for mail in state.mails])


@control.delete("/mails")
def clear_mails() -> Any:
    """Forget the mails, 204."""
    state = sandbox_state()
    with state.lock:
        state.mails.clear()
    return "", 204


@control.get("/mails/trouble")
def read_trouble() -> Any:
    """What the mail server does instead of taking mails; empty when it takes them."""
    return jsonify(trouble=sandbox_state().mail_trouble)


@control.put("/mails/trouble")
def make_trouble() -> Any:
    """Set it: refuse, defer, reject, hang, lose, or empty for none."""
    trouble = body_object().get("trouble")
    if trouble not in TROUBLES:
        raise InvalidRequest(f"trouble must be one of {', '.join(filter(None, TROUBLES))}, or empty")
    sandbox_state().mail_trouble = trouble
    return read_trouble()
