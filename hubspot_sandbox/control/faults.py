"""Calls about faults."""

from typing import Any

from flask import jsonify

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import InvalidRequest, body_object, control
from hubspot_sandbox.faults import InvalidFault


@control.get("/faults")
def list_faults() -> Any:
    """The faults still in force."""
    return jsonify(results=[fault.as_dict() for fault in sandbox_state().faults.all()])


@control.post("/faults")
def add_fault() -> Any:
    """Set a fault, 201."""
    try:
        return jsonify(sandbox_state().faults.add(**body_object()).as_dict()), 201
    except InvalidFault as problem:
        raise InvalidRequest(str(problem)) from None


@control.post("/faults/release")
def release_calls() -> Any:
    """Let every held call go on; says how many there were."""
    return jsonify(released=sandbox_state().faults.release())


@control.delete("/faults")
def clear_faults() -> Any:
    """Remove every fault, 204."""
    sandbox_state().faults.clear()
    return "", 204


@control.delete("/faults/<int:fault_id>")
def remove_fault(fault_id: int) -> Any:
    """Remove one fault, 204."""
    if not sandbox_state().faults.remove(fault_id):
        raise ApiError(404, "there is no such fault")
    return "", 204
