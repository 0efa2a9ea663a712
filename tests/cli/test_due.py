"""`flask due` says what it did."""

from __future__ import annotations

from flask import Flask

from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.teams.members import create_team
from hubsync.store import write_transaction
from hubsync.store.connections import Connection


def test_without_due_work_it_says_so(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["due"])
    assert (answer.exit_code, answer.output) == (0, "Nothing was due.\n")


def test_it_says_what_it_did_and_what_to_do(app: Flask) -> None:
    with app.app_context():
        team = create_team("Acme", "owner@acme.example", "premium")
        with write_transaction() as session:
            sealed = tools().vault.seal(sealed_place(team.id, "access token"), "pat-na1-gone")
            session.add(
                Connection(
                    team_id=team.id,
                    state="connected",
                    method="service_key",
                    hubspot_account_id="1234567",
                    connected_at=now(),
                    access_sealed=sealed,
                )
            )
    answer = app.test_cli_runner().invoke(args=["due"])
    assert answer.exit_code == 0
    assert "Access of team acme to HubSpot was checked: HubSpot no longer accepts it;" in answer.output
    assert "somebody has to press Connect" in answer.output
    assert app.test_cli_runner().invoke(args=["due"]).output == "Nothing was due.\n"
