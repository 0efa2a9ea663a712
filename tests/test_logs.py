"""Every line of the log says when, how bad, who speaks and which request it is about; in both formats."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hubsync import logs
from hubsync.domain.log_formats import LogFormat
from hubsync.logs.facts import RequestFacts, begin_request, carried, current_facts, end_request
from hubsync.logs.lines import make_formatter
from tests.kit.serving import Serving
from tests.kit.settings import BASE_URL, make_settings

TOKEN = "Zm9vYmFy-canary_0123456789abcdefABCDEF4567x"


@pytest.fixture(params=list(LogFormat))
def written(request: pytest.FixtureRequest, app: Flask) -> Iterator[io.StringIO]:
    """What a handler of the format writes; the app has been made, so records are cleaned."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter(request.param))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    end_request()


def test_a_line_has_its_time_in_utc_its_level_and_its_logger() -> None:
    end_request()
    record = logging.makeLogRecord(
        {"name": "hubsync.mail", "levelname": "WARNING", "msg": "late", "created": 0.25}
    )
    assert make_formatter(LogFormat.TEXT).format(record) == "1970-01-01T00:00:00.250Z WARNING hubsync.mail late"
    assert json.loads(make_formatter(LogFormat.JSON).format(record)) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "WARNING",
        "logger": "hubsync.mail",
        "message": "late",
    }


def test_nothing_opens_something_or_forges_a_line_in_any_part(written: io.StringIO) -> None:
    begin_request().route = f"/signin/link/{TOKEN}\nforged"
    try:
        raise RuntimeError(f"Bearer {TOKEN}\nforged")
    except RuntimeError:
        facts = {"what": f"Bearer {TOKEN}\nforged"}
        logging.getLogger("hubsync.web").exception(f"Bearer {TOKEN}\nforged", extra={"facts": facts})
    assert written.getvalue().count("[hidden]") == 4
    assert TOKEN not in written.getvalue()
    assert [line for line in written.getvalue().splitlines() if line.startswith("forged")] == []


def test_the_id_of_a_request_is_on_its_error_page_and_comes_from_nobody_outside(client: FlaskClient) -> None:
    answer = client.get(f"{BASE_URL}/nowhere", headers={"X-Request-ID": "forged-by-a-visitor"})
    assert len(answer.headers["X-Request-ID"]) == 16
    assert f"Request {answer.headers['X-Request-ID']}" in answer.text
    assert answer.headers["X-Request-ID"] != client.get(f"{BASE_URL}/nowhere").headers["X-Request-ID"]


@pytest.mark.parametrize("given", [{"TRUSTED_PROXIES": "1"}])
def test_a_trusted_proxy_names_requests_in_a_form_that_is_fit(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "a1b2c3d4-e5"}).headers["X-Request-ID"] == "a1b2c3d4-e5"
    for unfit in ("short", "x" * 65, "a b c d e f", "<script>alert"):
        assert client.get("/healthz", headers={"X-Request-ID": unfit}).headers["X-Request-ID"] != unfit


def test_the_network_address_is_in_no_line_but_a_hash_of_it(app: Flask) -> None:
    seen = []

    def note() -> None:
        seen.append(current_facts().address)

    app.before_request_funcs.setdefault(None, []).append(note)
    try:
        for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2"):
            app.test_client().get("/healthz", environ_base={"REMOTE_ADDR": address})
    finally:
        app.before_request_funcs[None].remove(note)
    assert seen[0] == seen[1] != seen[2]
    assert seen[3] == seen[4], "a household's addresses are one"
    assert all(len(each) == 16 and "192" not in each[:3] for each in seen)


def test_a_thread_goes_on_for_the_request_that_began_it() -> None:
    seen: list[RequestFacts] = []
    begin_request().request = "a1b2c3d4"
    work = carried(lambda: seen.append(current_facts()))
    end_request()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [each.request for each in seen] == ["a1b2c3d4"]


@pytest.fixture
def as_before() -> Iterator[None]:
    root, ended, level = logging.getLogger(), threading.excepthook, logging.getLogger().level
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = ended
    logging.captureWarnings(False)
    logging.getLogger(logs.SECURITY).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("as_before")
def test_setting_up_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(LogFormat.TEXT)
    logs.set_up(LogFormat.JSON)
    logging.getLogger("hubsync.probe").warning("said")
    thread = threading.Thread(target=lambda: 1 / 0, name="breaking")
    thread.start()
    thread.join()
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["message"] == "said"
    assert second["message"] == "The thread breaking ended by a bug."
    assert "ZeroDivisionError" in second["trace"]


@pytest.mark.slow
def test_gunicorn_writes_every_line_as_the_others_and_no_query_string() -> None:
    command = ("gunicorn", "--access-logfile", "-", "--bind", "127.0.0.1:{port}", "wsgi:app")
    settings = make_settings(SQLALCHEMY_DATABASE_URI="sqlite://", LOG_FORMAT="json")
    with Serving(*command, **settings) as serving:
        answer = serving.get("/signin?guest_email=ann%40mail.example", Host="localhost:8000")
        serving.get(f"/signin/link/{TOKEN}", Host="localhost:8000", Referer=f"http://a.example/?{TOKEN}")
    lines = [json.loads(line) for line in serving.said.splitlines()]
    assert {"gunicorn.error", "gunicorn.access"} <= {each["logger"] for each in lines}
    told = {each["message"]: each for each in lines if each["logger"] == "gunicorn.access"}
    assert told["GET /signin 200"]["request"] == answer.headers["X-Request-ID"]
    assert told["GET /signin 200"]["route"] == "signin.sign_in"
    assert "GET /signin/link/[hidden] 500" in told
    assert "mail.example" not in serving.said
    assert TOKEN not in serving.said


def test_a_line_of_flask_run_has_no_network_address_and_no_colours() -> None:
    end_request()
    said = '192.0.2.7 - - [29/Nov/2026 20:10:38] "\x1b[36mGET /signin HTTP/1.1\x1b[0m" 200 -'
    record = logging.makeLogRecord({"name": "werkzeug", "levelname": "INFO", "msg": said, "created": 0})
    line = make_formatter(LogFormat.TEXT).format(record)
    assert line == '1970-01-01T00:00:00.000Z INFO werkzeug "GET /signin HTTP/1.1" 200 -'
