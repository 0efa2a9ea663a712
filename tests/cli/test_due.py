"""`flask due` says what it did."""

from __future__ import annotations

from flask import Flask

from hubsync.services.teams.members import create_team
from hubsync.store import write_transaction
from tests.kit import rows


def test_without_due_work_it_says_so(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["due"])
    assert (answer.exit_code, answer.output) == (0, "Nothing was due.\n")


def test_it_says_what_it_did_and_what_to_do(app: Flask) -> None:
    with app.app_context():
        team = create_team("Acme", "owner@acme.example", "premium")
        with write_transaction() as session:
            rows.add_connection(session, team.id, "pat-na1-gone", method="service_key")
    answer = app.test_cli_runner().invoke(args=["due"])
    assert answer.exit_code == 0
    assert "Access of team acme to HubSpot was checked: HubSpot no longer accepts it;" in answer.output
    assert "somebody has to press Connect" in answer.output
    assert app.test_cli_runner().invoke(args=["due"]).output == "Nothing was due.\n"
