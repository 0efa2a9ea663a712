"""What tests begin with is given back to each of them as if it were built for it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.kit.browser import Browser
from tests.kit.settings import make_settings
from tests.kit.world import World, world

pytestmark = pytest.mark.sqlite("its file is what is given back")


def team(app: Flask, name: str) -> World:
    return world(app, team=name, mapped=False, connected=None)


def test_a_team_that_is_given_back_beside_another_one_leaves_that_in_place(shared_apps: Any) -> None:
    shared = shared_apps.fresh(make_settings())
    team(shared.app, "globex")
    shared.reset()
    acme, globex = team(shared.app, "acme"), team(shared.app, "globex")
    for name, made in (("acme", acme), ("globex", globex)):
        browser = Browser(shared.app, signed_in=made.sessions["owner"])
        assert browser.get(f"/teams/{name}/deliveries").status_code == 200


def test_a_team_is_built_once_for_all_tests_that_begin_with_it(shared_apps: Any) -> None:
    shared = shared_apps.fresh(make_settings())
    made = []
    for _ in range(2):
        shared.reset()
        made.append([team(shared.app, name).sessions for name in ("acme", "globex")])
    assert made[0] == made[1]
