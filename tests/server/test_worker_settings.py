"""Settings of gunicorn that HubSync's worker cannot serve with."""

from __future__ import annotations

import logging

import pytest
from gunicorn.config import Config

from hubsync.server.worker import Worker


@pytest.mark.parametrize("given", [{"certfile": "pyproject.toml"}, {"proxy_protocol": "v1"}], ids=str)
def test_what_only_the_proxy_can_read_is_refused_at_the_start(given: dict[str, str]) -> None:
    config = Config()
    Worker.check_config(config, logging.getLogger("test"))
    for name, value in given.items():
        config.set(name, value)
    with pytest.raises(SystemExit, match="end at the proxy"):
        Worker.check_config(config, logging.getLogger("test"))
