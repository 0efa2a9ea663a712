"""Request and response bodies of batch calls: their inputs, and what was done and what was not.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from typing import Any

from flask import Response, jsonify

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.kinds import Kind

Input = dict[str, Any]


def batch_inputs(body: dict[str, Any], most: int) -> list[Input]:
    """The ``inputs`` of a batch call; raises ApiError 400 for none, too many, or what is no object."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(one, dict) for one in inputs):
        raise ApiError(400, "inputs must be a list with at least one object", category="VALIDATION_ERROR")
    if len(inputs) > most:
        words = (
            f"The maximum number of inputs supported in a batch request is {most}, but {len(inputs)} were given"
        )
        raise ApiError(400, words, category="VALIDATION_ERROR")
    return inputs


def text_of(one: Input, field: str) -> str:
    """A field of an input as text, numbers too; raises ApiError 400 when it is missing."""
    value = one.get(field)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise ApiError(400, f"Some required fields were not set: [{field}]", category="VALIDATION_ERROR")
    return str(value)


def refuse_repeated(keys: list[str]) -> None:
    """Raise ApiError 400 when two inputs are about the same record."""
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        words = f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique"
        raise ApiError(400, words, category="VALIDATION_ERROR")


def part_of_batch(problem: ApiError, **context: list[str]) -> dict[str, Any]:
    """A refusal as one of the ``errors`` of a batch answer."""
    body = {name: value for name, value in problem.body.items() if name != "correlationId"}
    return {**body, "context": context}


def not_there(kind: Kind, keys: list[str]) -> list[dict[str, Any]]:
    """The one error that names every record a batch did not find."""
    if not keys:
        return []
    one = {"contacts": "CONTACT", "companies": "COMPANY"}.get(kind.name, "MEETING_EVENT")
    words = f"Could not get some {one} objects, they may be deleted or not exist. Check that ids are valid."
    return [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": words, "context": {"ids": keys}}]


def batch_answer(results: list[Any], errors: list[dict[str, Any]], started: str, *, done: int = 200) -> Response:
    """The answer: status *done*, or 207 with the errors."""
    state = sandbox_state()
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if errors:
        body.update(numErrors=len(errors), errors=errors)
    answer = jsonify({**body, "startedAt": started, "completedAt": state.clock.now_iso()})
    answer.status_code = 207 if errors else done
    return answer
