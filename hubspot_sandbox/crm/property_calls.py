"""The calls that read and change property definitions.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubspot_sandbox.authentication import Caller, authenticate, sandbox_state
from hubspot_sandbox.crm.definitions import (
    archive_definition,
    change_definition,
    create_definition,
    definition_named,
    listed_definitions,
)
from hubspot_sandbox.crm.kinds import Kind, kind_named
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.versions import under_versions

properties = Blueprint("hubspot_properties", __name__)

_DATED, _LEGACY = "/crm/properties/{v}/<object_name>", "/crm/v3/properties/<object_name>"


def schema_reader(kind: Kind) -> Caller:
    """The caller, who may read definitions: the schema scope or the objects scope lets them."""
    caller = authenticate(kind.schema_read, kind.scope_read)
    count_call(sandbox_state(), caller)
    return caller


def schema_writer(kind: Kind) -> Caller:
    """The caller, who may change definitions."""
    caller = authenticate(kind.schema_write)
    count_call(sandbox_state(), caller)
    return caller


@under_versions(properties, _DATED, legacy=(_LEGACY,), methods=("GET",))
def list_all(object_name: str) -> Any:
    """Every definition; ``locale`` is accepted and changes nothing, as what it does is not documented."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = schema_reader(kind)
    found = listed_definitions(
        state,
        caller.account.id,
        kind.name,
        archived=request.args.get("archived") == "true",
        sensitivity=request.args.get("dataSensitivity") or "non_sensitive",
    )
    return jsonify(results=found)


@under_versions(properties, _DATED, legacy=(_LEGACY,), methods=("POST",))
def create(object_name: str) -> Any:
    """A new custom property, 201."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = schema_writer(kind)
    return jsonify(create_definition(state, caller.account.id, kind.name, json_object())), 201


@under_versions(properties, f"{_DATED}/<name>", legacy=(f"{_LEGACY}/<name>",), methods=("GET",))
def read(object_name: str, name: str) -> Any:
    """One definition."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = schema_reader(kind)
    return jsonify(definition_named(state, caller.account.id, kind.name, name))


@under_versions(properties, f"{_DATED}/<name>", legacy=(f"{_LEGACY}/<name>",), methods=("PATCH",))
def update(object_name: str, name: str) -> Any:
    """Change a custom property."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = schema_writer(kind)
    return jsonify(change_definition(state, caller.account.id, kind.name, name, json_object()))


@under_versions(properties, f"{_DATED}/<name>", legacy=(f"{_LEGACY}/<name>",), methods=("DELETE",))
def archive(object_name: str, name: str) -> Any:
    """Archive a custom property, 204."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = schema_writer(kind)
    archive_definition(state, caller.account.id, kind.name, name)
    return "", 204
