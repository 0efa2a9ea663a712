"""The page of the call log: every API request and its answer, newest first."""

import json

from flask import redirect, request, url_for
from flask_babel import format_decimal, ngettext
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.pages.labels import status_words
from hubspot_sandbox.pages.layout import page_blueprint, show

calls = page_blueprint("sandbox_calls")

#: Calls on one page, and characters shown of a body.
PAGE_CALLS = 50
SHOWN_BODY = 20_000


@calls.get("/sandbox/calls")
def log() -> str:
    """One page of calls; ``q`` keeps those whose path, method or status mentions it."""
    query = request.args.get("q", "").strip()
    page = max(request.args.get("page", 1, type=int), 1)
    everything = sandbox_state().calls.all()
    found = [
        call
        for call in reversed(everything)
        if query.lower() in f"{call.method} {call.path} {call.status} {call.client}".lower()
    ]
    return show(
        "calls",
        calls=found[(page - 1) * PAGE_CALLS : page * PAGE_CALLS],
        status_words=status_words,
        readable=readable,
        query=query,
        total=len(everything),
        found=len(found),
        page=page,
        pages=-(-len(found) // PAGE_CALLS),
    )


@calls.post("/sandbox/calls/clear")
def clear() -> Response:
    """Forget all calls."""
    sandbox_state().calls.clear()
    return redirect(url_for(".log"), code=303)


def readable(body: str) -> str:
    """A body as people read it: JSON with one value a line, anything else as it is, and not too much of it."""
    if len(body) > SHOWN_BODY:
        left = len(body) - SHOWN_BODY
        more = ngettext("%(count)s character more", "%(count)s characters more", left, count=format_decimal(left))
        return f"{body[:SHOWN_BODY]}\n… {more}"
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
