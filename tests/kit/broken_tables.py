"""Tables that the database does not read, or not write, as where a disk is full; on both databases."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

FULL = """
CREATE OR REPLACE FUNCTION of_tests.fail() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
END $$
"""
FULL_FOR_WRITING = """
CREATE OR REPLACE FUNCTION of_tests.fail_to_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
END $$
"""
FIRST = "(SELECT of_tests.fail() AS fails OFFSET 0) first"
"""What is read before the table, whatever the planner makes of it: so an empty one fails as well."""


def break_table(session: Session, name: str) -> None:
    """Let whatever reads or writes the table fail, until it is mended or the test ends; the caller commits."""
    session.execute(text(f"ALTER TABLE {name} RENAME TO away_{name}"))
    if _is_postgresql(session):  # where a missing table is no fault of the machine
        session.execute(text(FULL))
        rows = f"LATERAL (SELECT * FROM away_{name} WHERE first.fails OFFSET 0) away"
        session.execute(text(f"CREATE VIEW {name} AS SELECT away.* FROM {FIRST} LEFT JOIN {rows} ON true"))


def mend_table(session: Session, name: str) -> None:
    """Let it be there again."""
    if _is_postgresql(session):
        session.execute(text(f"DROP VIEW {name}"))
    session.execute(text(f"ALTER TABLE away_{name} RENAME TO {name}"))


def refuse_writing(session: Session, name: str, act: str = "INSERT") -> None:
    """Let whatever does this *act* to the table fail; reading goes on. The caller commits."""
    if _is_postgresql(session):
        session.execute(text(FULL_FOR_WRITING))
        each = f"BEFORE {act} ON {name} EXECUTE FUNCTION of_tests.fail_to_write()"
    else:
        each = f"BEFORE {act} ON {name} BEGIN SELECT RAISE(ABORT, 'full'); END"
    session.execute(text(f"CREATE TRIGGER refuse {each}"))


def accept_writing(session: Session, name: str) -> None:
    """Let it be written again."""
    session.execute(text(f"DROP TRIGGER refuse{f' ON {name}' if _is_postgresql(session) else ''}"))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
