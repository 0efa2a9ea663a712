"""Whatever is sent to any route, by nobody, a member or who may do everything: no error of ours, and no secret."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from hubsync.sources.registry import SOURCES
from tests.web.any_requests import Known, Request, learn_forms, requests
from tests.web.role_matrix import MATRIX
from tests.web.role_matrix_app import MatrixApp, open_matrix_app

REQUESTS = int(os.environ.get("TEST_REQUESTS", "2"))
"""How many are sent to each route: as many as one likes by hand, and others each time."""
BY_HAND = "TEST_REQUESTS" in os.environ
LIKE_ANOTHER = (
    () if BY_HAND else tuple(f" {name}." for name in SOURCES if name not in {"signed_webhook", "calendly"})
)
"""Booking sources whose pages are asked by hand only: they are the same views as those of the two others."""
PHASES = (Phase.generate, Phase.shrink) if BY_HAND else (Phase.generate,)


@pytest.fixture
def matrix_app(tmp_path: Path, database: dict[str, str]) -> Iterator[MatrixApp]:
    with open_matrix_app(tmp_path, **database) as made:
        yield made


class Errors(logging.Handler):
    """What is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@pytest.fixture
def errors() -> Iterator[Errors]:
    handler = Errors()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.mark.slow
# Of a form that breaks off, werkzeug leaves the parts it has read to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")
def test_no_request_is_a_mistake_of_ours(matrix_app: MatrixApp, errors: Errors) -> None:
    known = learn_forms(matrix_app)
    for row in [row for row in MATRIX if not any(name in row for name in LIKE_ANOTHER)]:
        _send_any(matrix_app, row, known[row], errors)


def _send_any(matrix_app: MatrixApp, row: str, known: Known, errors: Errors) -> None:
    @settings(
        max_examples=REQUESTS,
        deadline=None,
        derandomize=not BY_HAND,
        database=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(matrix_app, row, known))
    def send(request: Request) -> None:
        matrix_app.restore()
        errors.said.clear()
        answer = matrix_app.send(
            request.who, request.method, request.address, request.body, headers=list(request.headers)
        )
        is_meant = str(answer.status_code) == MATRIX[row].of(request.who)
        assert answer.status_code < 500 or is_meant, (answer.status_code, errors.said)
        assert errors.said == []
        assert b"Traceback" not in answer.data

    send()
