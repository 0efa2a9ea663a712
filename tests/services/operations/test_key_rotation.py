"""The encryption key is changed while HubSync works: nothing is lost, nothing is overwritten."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, event, insert, select, text, update

from hubsync.config import EXTENSION, settings
from hubsync.errors import Refused
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.tokens import sealed_place, usable_connection
from hubsync.services.operations.key_rotation import SealedTexts, count_sealed_texts, rotate_keys
from hubsync.services.sources import endpoint_setup, samples
from hubsync.services.sources.endpoint_setup import make_endpoint
from hubsync.services.sources.endpoints import find_endpoint
from hubsync.services.teams import members
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.columns import EnumText
from hubsync.store.connections import Connection
from hubsync.store.sealed import Vault, sealed_columns
from hubsync.store.sources import IntakeEndpoint
from tests.kit import rows
from tests.kit.waiting import LONGEST

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def given() -> dict[str, str]:
    return {"ENCRYPTION_KEYS": OLD}


def restart_with(app: Flask, *keys: str) -> None:
    """What a restart with other HUBSYNC_ENCRYPTION_KEYS does."""
    app.extensions["hubsync"] = dataclasses.replace(app.extensions["hubsync"], vault=Vault(keys))


def filler(column: Column[Any]) -> Any:
    """Something that a column takes which may not be empty; 1 is the first team and the first person."""
    kinds = {DateTime: now(), Boolean: False, Integer: 1, JSON: []}
    if isinstance(column.type, EnumText):
        return next(iter(column.type.words))
    kind = getattr(column.type, "impl", column.type)
    return next((value for each, value in kinds.items() if isinstance(kind, each)), "x")


def put_sealed_row(table: Any) -> int:
    """A row whose sealed columns hold a secret of the old key; its other columns mean nothing."""
    for each in table.foreign_key_constraints:
        parent = each.referred_table
        if not each.columns[0].nullable and db.session.scalar(select(parent.c.id)) is None:
            end_read()
            put_sealed_row(parent)
    end_read()
    values = {column.name: filler(column) for column in table.columns if not column.nullable}
    for column in table.columns:
        if "sealed" in column.name:
            values[column.name] = Vault([OLD]).seal(f"{table.name}:{column.name}", "secret")
    with write_transaction() as session:
        session.execute(insert(table).values(values))
    return int(values["id"])


def test_every_sealed_column_there_is_opens_with_the_new_key_alone_afterwards(app: Flask) -> None:
    with app.app_context():
        members.create_team("Acme", "owner@acme.example", "premium")
        rows = {table: put_sealed_row(table) for table in dict.fromkeys(each.table for each in sealed_columns())}
        restart_with(app, NEW, OLD)
        assert rotate_keys().renewed == len(list(sealed_columns()))
        for column in sealed_columns():
            sealed = db.session.scalar(select(column).where(column.table.c.id == rows[column.table]))
            assert Vault([NEW]).open(f"{column.table.name}:{column.name}", sealed) == "secret"
        end_read()


def test_it_says_what_it_did_and_does_nothing_the_second_time(acme: Any) -> None:
    make_endpoint(acme.team_id, "signed_json")
    restart_with(acme.app, NEW, OLD)
    first = rotate_keys()
    assert (first.renewed, first.already, first.left, first.unreadable) == (2, 0, 0, [])
    second = rotate_keys()
    assert (second.renewed, second.already, second.left, second.unreadable) == (0, 2, 0, [])


def test_what_no_key_opens_is_named_with_its_team_and_left_as_it_is(acme: Any) -> None:
    make_endpoint(acme.team_id, "signed_json")
    lost = Vault([Fernet.generate_key().decode()]).seal("x", "y")
    with write_transaction() as session:
        session.query(Connection).one().access_sealed = lost
    restart_with(acme.app, NEW, OLD)
    done = rotate_keys()
    assert (done.renewed, done.left) == (1, 0)
    (unreadable,) = done.unreadable
    assert (unreadable.column, unreadable.team_slug) == ("connections.access_sealed", "acme")
    assert db.session.query(Connection).one().access_sealed == lost
    end_read()
    assert count_sealed_texts() == SealedTexts(total=2, unreadable=1, older=0)


def test_texts_that_need_an_older_key_are_counted_until_it_has_run(acme: Any) -> None:
    make_endpoint(acme.team_id, "signed_json")
    restart_with(acme.app, NEW, OLD)
    assert count_sealed_texts() == SealedTexts(total=2, unreadable=0, older=2)
    rotate_keys()
    assert count_sealed_texts() == SealedTexts(total=2, unreadable=0, older=0)


def test_without_tables_it_says_what_to_do(acme: Any) -> None:
    with write_transaction() as session:
        session.execute(text("DROP TABLE parked_connections"))
    with pytest.raises(Refused, match="flask db upgrade"):
        rotate_keys()


def test_a_token_that_was_refreshed_after_it_was_read_is_not_overwritten(acme: Any) -> None:
    """The refresh comes exactly between the reading and the replacing, from a process with the old key."""
    place = sealed_place(acme.team_id, "access token")
    came: list[str] = []

    def refresh() -> None:
        with acme.app.app_context(), write_transaction() as session:
            session.execute(update(Connection).values(access_sealed=Vault([OLD]).seal(place, "refreshed")))

    def after_reading(_c: Any, _u: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT connections.id, connections.access_sealed") and not came:
            came.append(statement)
            thread = threading.Thread(target=refresh)
            thread.start()
            thread.join()

    restart_with(acme.app, NEW, OLD)
    event.listen(db.engine, "after_cursor_execute", after_reading)
    try:
        done = rotate_keys()
    finally:
        event.remove(db.engine, "after_cursor_execute", after_reading)
    assert came
    assert (done.renewed, done.left) == (1, 0)
    sealed = db.session.scalar(select(Connection.access_sealed))
    end_read()
    assert sealed is not None
    assert Vault([NEW]).open(place, sealed) == "refreshed"


def test_a_process_that_goes_on_sealing_with_the_old_key_is_noticed(acme: Any) -> None:
    def spoil(_c: Any, _u: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT connections.id, connections.refresh_sealed"):
            thread = threading.Thread(target=seal_with_old)
            thread.start()
            thread.join()

    def seal_with_old() -> None:
        with acme.app.app_context(), write_transaction() as session:
            session.execute(update(Connection).values(access_sealed=Vault([OLD]).seal("x", "y")))

    restart_with(acme.app, NEW, OLD)
    event.listen(db.engine, "after_cursor_execute", spoil)
    try:
        assert rotate_keys().left == 1
    finally:
        event.remove(db.engine, "after_cursor_execute", spoil)


class Refreshing(threading.Thread):
    """A worker that finds a team's token expired again and again, and refreshes it."""

    def __init__(self, app: Flask, team_id: int, over: threading.Event) -> None:
        super().__init__()
        self.app, self.team_id, self.over = app, team_id, over
        self.refreshed, self.fault = 0, None

    def run(self) -> None:
        try:
            while not self.over.is_set():
                with self.app.app_context():
                    read_account_with_expired_token(self.team_id)
                self.refreshed += 1
        except Exception as fault:
            self.fault = fault


def read_account_with_expired_token(team_id: int) -> None:
    with write_transaction() as session:
        session.execute(update(Connection).where(Connection.team_id == team_id).values(access_expires_at=now()))
    deadline = Deadline.after(20)
    assert with_access(team_id, deadline, lambda client: client.read_account(deadline))


@pytest.mark.slow
def test_while_every_team_refreshes_rotated_tokens_none_is_lost_and_the_old_key_can_go(acme: Any) -> None:
    acme.settings(rotate_refresh_tokens=True)
    team_ids = [acme.team_id]
    for name in ("Beta", "Gamma"):
        team_ids.append(members.create_team(name, "owner@acme.example", "premium").id)
    for team_id in team_ids:
        store_tokens(team_id, acme.grant())
    # Half the workers have not been restarted: they know the new key, but go on sealing with the old one.
    late = Flask("late")
    late.config.update(SQLALCHEMY_DATABASE_URI=str(db.engine.url))
    db.init_app(late)
    late.extensions[EXTENSION] = settings(acme.app)
    late.extensions["hubsync"] = dataclasses.replace(acme.app.extensions["hubsync"], vault=Vault([OLD, NEW]))
    restart_with(acme.app, NEW, OLD)
    over = threading.Event()
    workers = [Refreshing(app, team_id, over) for team_id in team_ids for app in (acme.app, late)]
    for worker in workers:
        worker.start()
    renewed = 0
    try:
        until = time.monotonic() + LONGEST
        while any(each.refreshed < 2 for each in workers) or renewed <= len(team_ids):  # in the middle of all this
            assert time.monotonic() < until, [each.fault for each in workers]
            renewed += rotate_keys().renewed
    finally:
        over.set()
        for worker in workers:
            worker.join()
    with late.app_context():
        db.engine.dispose()
    assert [worker.fault for worker in workers] == [None] * len(workers)
    assert rotate_keys().left == 0
    restart_with(acme.app, NEW)
    for team_id in team_ids:
        read_account_with_expired_token(team_id)
        assert usable_connection(team_id).state == "connected"
        end_read()


def store_tokens(team_id: int, tokens: dict[str, Any]) -> None:
    """What Connect keeps."""
    with write_transaction() as session:
        connection = session.query(Connection).filter_by(team_id=team_id).one_or_none()
        if connection is None:
            connection = rows.add_connection(session, team_id)
        for what in ("access", "refresh"):
            sealed = Vault([OLD]).seal(sealed_place(team_id, f"{what} token"), tokens[f"{what}_token"])
            setattr(connection, f"{what}_sealed", sealed)
        connection.access_expires_at = now()


def test_a_sample_that_is_kept_is_read_after_the_old_key_is_gone(acme: Any) -> None:
    endpoint_setup.add_endpoint(acme.team_id, "signed_webhook", options={"preset": "another"})
    endpoint_id = db.session.scalars(select(IntakeEndpoint.id)).one()
    kept = samples.Sample(b'{"ref": "b-7"}', was_sent=True)
    samples.keep_sent(endpoint_id, kept.body)
    restart_with(acme.app, NEW, OLD)
    rotate_keys()
    restart_with(acme.app, NEW)
    assert samples.find_sample(endpoint_id) == kept


def test_a_booking_source_is_recognised_after_the_old_key_is_gone(acme: Any) -> None:
    secret = make_endpoint(acme.team_id, "signed_json")
    restart_with(acme.app, NEW, OLD)
    rotate_keys()
    restart_with(acme.app, NEW)
    token = db.session.scalars(select(IntakeEndpoint.token)).one()
    assert find_endpoint(SOURCES["signed_json"], token).secrets == (secret,)
