"""WSGI middleware around every API call: it writes the call log and applies the faults that were asked for."""

import io
import re
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from werkzeug.test import run_wsgi_app

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import CALL_KEY
from hubspot_sandbox.calls import Call
from hubspot_sandbox.crm.kinds import kind_named
from hubspot_sandbox.crm.records import change_record, find_record
from hubspot_sandbox.crm.sources import BY_HAND
from hubspot_sandbox.fault_responses import RawResponse, apply_fault, replaces_work
from hubspot_sandbox.faults import Fault
from hubspot_sandbox.state import SandboxState

_API = re.compile(r"^/(crm|account-info|appinstalls)/|^/oauth/(v1|v2|v3|\d{4}-\d{2})/")
_SECRET = re.compile(
    r"((?:client_secret|refresh_token|access_token|code|code_verifier|tokenKey|token|id_token)[\"']?\s*[=:]\s*[\"']?)"
    r"([^\s\"'&,}]+)"
)
EXCERPT = 4_000


def is_api_path(path: str) -> bool:
    """Whether programs call this path, rather than people's browsers or the control API."""
    return _API.match(path) is not None


class CallLogMiddleware:
    """Logs each API call as one entry, and puts a fault's answer in place of the real one."""

    def __init__(self, wsgi_app: Any, state: SandboxState) -> None:
        self._app, self._state = wsgi_app, state

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass a page's request on; log an API call, apply the fault that matches it, and send the result."""
        path = environ.get("PATH_INFO", "")
        if not is_api_path(path):
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        method = environ["REQUEST_METHOD"]
        call = self._open_call(environ, method, path)
        began = time.perf_counter()
        fault = self._state.faults.take(method, path)
        try:
            return self._answer_call(environ, start_response, call, fault)
        finally:
            call.duration_ms = round((time.perf_counter() - began) * 1000, 1)

    def _answer_call(
        self, environ: dict[str, Any], start_response: Any, call: Call, fault: Fault | None
    ) -> Iterable[bytes]:
        if fault is not None:
            call.fault = fault.id
            self._apply_to_state(fault)
            if fault.when == "before":
                self._edit(fault)
            # The wait is real time: a client's time-out runs on real time too.
            time.sleep(fault.delay)
            if fault.hold and fault.when == "before":
                self._state.faults.hold()
        if fault is not None and replaces_work(fault):
            real = RawResponse(503, [], b"")
        else:
            pieces, status, headers = run_wsgi_app(self._app, environ, buffered=True)
            real = RawResponse(int(status.split()[0]), list(headers), b"".join(pieces))
        if fault is not None and fault.when == "after":
            self._edit(fault)
        if fault is not None and fault.hold and fault.when == "after":
            self._state.faults.hold()
        if fault is not None and fault.action == "drop":
            _drop(environ)
        answer = real if fault is None else apply_fault(fault, real)
        call.status = answer.status
        call.response_body = _excerpt(answer.body)
        start_response(answer.status_line, answer.headers)
        return answer.pieces or [answer.body]

    def _open_call(self, environ: dict[str, Any], method: str, path: str) -> Call:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or -1))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input_terminated"] = True
        call = self._state.calls.open(self._state.clock.now(), method, _without_tokens(path))
        environ[CALL_KEY] = call
        call.query = _SECRET.sub(r"\1…", environ.get("QUERY_STRING", ""))
        call.client = environ.get("HTTP_USER_AGENT", "")
        call.connection = f"{environ.get('REMOTE_ADDR', '')}:{environ.get('REMOTE_PORT', '')}"
        call.request_body = _excerpt(body)
        call.request_headers = {
            name[5:].replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name not in ("HTTP_AUTHORIZATION", "HTTP_COOKIE")
        }
        return call

    def _apply_to_state(self, fault: Fault) -> None:
        client_id = self._state.settings.client_id
        if fault.action == "revoke_tokens":
            self._state.revoke_tokens(None, client_id, access_tokens=True)
        elif fault.action == "uninstall":
            for install in self._state.installs:
                self._state.uninstall(install.account_id, install.client_id)

    def _edit(self, fault: Fault) -> None:
        """Have a person change the record that the fault names; nothing happens to one that is not there."""
        if fault.action != "edit":
            return
        kind = kind_named(fault.object)
        for account in self._state.accounts:
            with suppress(ApiError):
                values = {name: str(value) for name, value in (fault.properties or {}).items()}
                with self._state.lock:
                    record = find_record(self._state, account.id, kind, fault.record, None)
                    change_record(self._state, record, kind, values, BY_HAND)


def _drop(environ: dict[str, Any]) -> None:
    """Cut the connection, so that the client gets no answer at all."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut by a fault")


def _excerpt(body: bytes) -> str:
    """The beginning of a body, without tokens and secrets."""
    return _SECRET.sub(r"\1…", body[:EXCERPT].decode("utf-8", "replace"))


def _without_tokens(path: str) -> str:
    """OAuth v1 carries tokens in the path; the log does not."""
    return re.sub(r"(/(?:access|refresh)-tokens/).+", r"\1…", path)
