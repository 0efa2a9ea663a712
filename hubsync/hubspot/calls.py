"""Requests to HubSpot and raw responses, before they are interpreted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from hubsync.net.targets import target

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to HubSpot.

    ``json`` or ``form`` is the body, ``writes`` says that HubSpot may have changed something once it was sent,
    ``cap_bytes`` is how large the decoded answer may be, ``names`` a record's id that the request refers to,
    ``seconds`` how long the call may take within its deadline, None for as long as the wire gives any call.
    Nothing of it but the method shows in a repr: paths carry e-mail addresses, bodies guests' answers.
    """

    method: Method
    path: str = field(repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    query: Mapping[str, str] | None = field(default=None, repr=False)
    writes: bool = field(kw_only=True)
    cap_bytes: int = field(default=1_000_000, kw_only=True)
    names: str | None = field(default=None, kw_only=True)
    seconds: float | None = field(default=None, kw_only=True)

    @property
    def target(self) -> str:
        """The path with the query."""
        return target(self.path, self.query)

    @property
    def content_type(self) -> str | None:
        if self.form is not None:
            return "application/x-www-form-urlencoded"
        return None if self.json is None else "application/json"

    @property
    def body(self) -> bytes | None:
        """The body as it is sent; half a surrogate pair, which UTF-8 cannot say, becomes a question mark."""
        if self.form is not None:
            return urlencode(self.form, errors="replace").encode()
        return None if self.json is None else encode_json(self.json)


def encode_json(value: Mapping[str, Any]) -> bytes:
    """Return *value* as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; ``headers`` has lower-case names.

    The body of a failure is empty where it could not be read: what the status says holds all the same.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
