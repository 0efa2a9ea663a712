"""What an address names: a text that no row can have is not found, on either database."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.kit.databases import BOTH
from tests.kit.settings import BASE_URL


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_nul_in_an_address_names_nothing(client: FlaskClient) -> None:
    for address in ("/book/a%00", "/book/a%00/cancel/b", "/invitations/a%00", "/feeds/a%00.ics"):
        answer = client.get(address, base_url=BASE_URL)
        assert answer.status_code == 404, (address, answer.headers)
