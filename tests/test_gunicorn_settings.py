"""What gunicorn's configuration tells HubSync."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

from flask import Flask

from hubsync.services import tools

SETTINGS = runpy.run_path(str(Path(__file__).parent.parent / "gunicorn.conf.py"))


def test_half_of_gunicorns_threads_post_at_a_time(app: Flask) -> None:
    SETTINGS["post_worker_init"](SimpleNamespace(wsgi=app, cfg=SimpleNamespace(threads=6)))
    with app.app_context():
        assert [tools().share.take() for _each in range(4)] == [True, True, True, False]


def test_an_app_that_refuses_to_serve_is_left_alone() -> None:
    SETTINGS["post_worker_init"](SimpleNamespace(wsgi=Flask("bare"), cfg=SimpleNamespace(threads=6)))
