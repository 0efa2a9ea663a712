"""Calls about the call log."""

from typing import Any

from flask import jsonify, request

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import control


@control.get("/calls")
def list_calls() -> Any:
    """The API calls since the last clearing; ``after`` leaves out those up to that number."""
    after = request.args.get("after", 0, type=int)
    return jsonify(results=[call.as_dict() for call in sandbox_state().calls.all(after)])


@control.delete("/calls")
def clear_calls() -> Any:
    """Forget the calls, 204."""
    sandbox_state().calls.clear()
    return "", 204
