"""An installation over real sockets, and a person's browser."""

from __future__ import annotations

import re

import pytest

from tests.kit.browser import Browser
from tests.kit.installation import installation
from tests.kit.page import Element
from tests.kit.tab import Tab

__all__ = ["installation"]


def first_delivery(log: Element) -> str:
    """The address of the newest delivery on the page of all."""
    addresses = [str(link.get("href", "")) for link in log.select("a")]
    return next(each for each in addresses if re.search(r"/deliveries/\d+$", each))


@pytest.fixture
def browser() -> Tab:
    return Tab(Browser())
