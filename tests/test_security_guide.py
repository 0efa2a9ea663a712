"""SECURITY.md has every item of the standard, names tests that are there, and its counts are the table's."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hubsync.config.table import Settings
from hubsync.domain.questions import LONGEST as LONGEST_ANSWERS
from hubsync.domain.questions import Kind
from hubsync.feeds.content import MOST_BUSY_TIMES
from hubsync.feeds.reading import MOST_COMPONENTS, MOST_REDIRECTS
from hubsync.feeds.worker import MOST_MEMORY
from hubsync.hubspot.caller import LIST_CAP_BYTES
from hubsync.server.worker import HELD_AT_MOST, Worker
from hubsync.services.bookings.appointment_mails import MOST_A_DAY
from hubsync.services.calendars.questions import MOST_CHOICES, MOST_QUESTIONS
from hubsync.services.connection.oauth_flow import ATTEMPT_LIFE
from hubsync.services.deliveries.kept_searches import LIFE as SEARCH_LIFE
from hubsync.services.mapping.free_domains import MOST as MOST_FREE_DOMAINS
from hubsync.services.mapping.validation import MOST_ROWS
from hubsync.services.people import sessions
from hubsync.services.signin import mail_limits
from hubsync.services.signin.known_browsers import MARK_LIFE
from hubsync.services.signin.one_time_links import LINK_LIFE
from hubsync.services.sources.endpoint_setup import FORMER_COUNTS, MOST_ENDPOINTS
from hubsync.services.teams import mail_limits as team_mail_limits
from hubsync.services.teams.invitations import INVITATION_LIFE
from hubsync.services.unwanted import submissions
from hubsync.sources.answers import MOST_ANSWERS
from hubsync.sources.signed_json.age import TOLERANCE_SECONDS
from hubsync.sources.source import LARGEST_BODY, MOST_TOLD
from hubsync.sources.texts import LONGEST_ANSWER
from hubsync.web.bookings.form_tokens import LIFETIME_SECONDS
from hubsync.web.shell.request_bodies import LARGEST

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "SECURITY.md").read_text("utf-8")
VERDICTS = ("met", "partly", "not met")
OF_THE_STANDARD = 253
"""Items of ASVS 5.0.0 at levels 1 and 2."""
ROW = re.compile(rf"^\| ([\d.]+) \| (L[12]) \| ({'|'.join(VERDICTS)}) \| (.+?) \| ?(.*) \|$", re.MULTILINE)
BESIDE_IT = re.compile(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| ([^|]+) \|$", re.MULTILINE)


class Item(NamedTuple):
    number: str
    level: str
    verdict: str
    how: str
    shown_by: str


ITEMS = [Item(*found) for found in ROW.findall(GUIDE)]


def counts(items: list[Item]) -> tuple[int, ...]:
    found = Counter(each.verdict for each in items)
    return tuple(found[verdict] for verdict in VERDICTS)


def test_every_item_of_the_standard_is_judged_or_said_not_to_apply_and_once() -> None:
    apart = [number for numbers, _why in BESIDE_IT.findall(GUIDE) for number in numbers.split(", ")]
    all_of_them = [each.number for each in ITEMS] + apart
    assert [number for number, times in Counter(all_of_them).items() if times > 1] == []
    assert len(all_of_them) == OF_THE_STANDARD
    rows = [line for line in GUIDE.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    assert len(rows) == len(ITEMS), "a row has another form than the others"


def test_the_counts_of_the_text_are_those_of_the_table() -> None:
    text = " ".join(GUIDE.split())
    total, met, partly, not_met = map(
        int, re.findall(r"these levels (\d+) apply: (\d+) are met, (\d+) partly, (\d+) not", text)[0]
    )
    assert total == len(ITEMS)
    assert (met, partly, not_met) == counts(ITEMS)
    for level in ("1", "2"):
        said = re.findall(rf"(\d+) met, (\d+) partly, (\d+) not met at level {level}", text)[0]
        assert tuple(map(int, said)) == counts([each for each in ITEMS if each.level == f"L{level}"])


def test_what_is_not_met_is_little_and_said_before_the_table() -> None:
    not_met = Counter(each.level for each in ITEMS if each.verdict == "not met")
    assert not_met["L1"] == 0
    assert not_met["L2"] <= 3
    said = re.findall(r"^- \*\*([\d.]+)\*\* \((L[12]), ([a-z ]+)\): (.+)\.$", GUIDE, re.MULTILINE)
    short = {(each.number, each.level, each.verdict, each.how) for each in ITEMS if each.verdict != "met"}
    assert set(said) == short
    assert len(said) == len(short)


def test_every_test_that_is_named_is_there() -> None:
    named = {name for each in ITEMS for name in re.findall(r"`(tests/[^`]+)`", each.shown_by)}
    assert len(named) > 100
    assert sorted(name for name in named if not _is_there(name)) == []


def test_lifetimes_and_limits_are_those_of_the_code() -> None:
    told = Settings.model_fields
    minutes = {each.total_seconds() / 60 for each in (LINK_LIFE, ATTEMPT_LIFE)}
    assert minutes == {10}
    assert submissions.FROM_ADDRESS_WITHIN == submissions.MOVES_WITHIN == LINK_LIFE
    rows = (
        f"session | {sessions.IDLE.seconds // 3600} hours without a request, {sessions.LONGEST.days} days in all;",
        f"#signing-in-again) | {told['signin_again_minutes'].default} minutes",
        f"invitation | {INVITATION_LIFE.days} days, once",
        f"signed in before | {MARK_LIFE.days} days",
        f"booking pages | {LIFETIME_SECONDS // 3600} hours",
        f"has a time | {TOLERANCE_SECONDS // 60} minutes",
        f"former secret of a booking source | {FORMER_COUNTS.days} day",
        f"without a post | {told['idle_expiry_days'].default} days",
        f"search in the log | {SEARCH_LIFE.days} day",
        f"{mail_limits.FROM_NETWORK} by one network address for people here, "
        f"{mail_limits.FROM_NETWORK_FOR_NOBODY} for addresses that nobody has",
        f"{mail_limits.FROM_KNOWN_BROWSER} by a browser that was signed in before, "
        f"{mail_limits.TO_MAILBOX} to one mailbox",
        f"{team_mail_limits.OF_A_TEAM} invitations, {team_mail_limits.TO_ONE_ADDRESS} to one address",
        f"{team_mail_limits.OF_A_TEAM} sent again, {team_mail_limits.TEST_MAILS} test mails",
        f"not within {told['form_least_seconds'].default:.0f} seconds; {told['forms_per_address'].default} by one",
        f"in 10 minutes, {told['forms_per_page'].default} of one page in a minute",
        f"moves of a booking | {submissions.MOVES_OF_ONE} in 10 minutes; "
        f"guests' mails for {MOST_A_DAY} bookings a day",
        f"{LARGEST['bookings'] // 1024} KiB on a booking page, {LARGEST_BODY // 1024**2} MiB at a webhook",
        f"{Worker.head_seconds:.0f} seconds for its head, {Worker.request_seconds:.0f} in all",
        f"{Worker.answer_seconds:.0f} for the answer; 500 connections, {HELD_AT_MOST // 1024**2} MiB",
        f"name {LONGEST_ANSWERS[Kind.NAME]} characters, telephone and number {LONGEST_ANSWERS[Kind.PHONE]}",
        f"{MOST_QUESTIONS} questions, {MOST_CHOICES} choices",
        f"{MOST_TOLD:,} bookings, {MOST_ANSWERS} answers that make questions, {LONGEST_ANSWER:,} characters",
        f"{MOST_ROWS} rows of a mapping, {MOST_ENDPOINTS} addresses of",
        f"{MOST_FREE_DOMAINS} free domains",
        f"{LIST_CAP_BYTES // 10**6} MB for its list of properties",
        f"waits {told['sync_budget_seconds'].default:.0f} seconds",
        f"{MOST_MEMORY // 10**6} MB, {MOST_COMPONENTS:,} components, {MOST_BUSY_TIMES:,} busy times, "
        f"{MOST_REDIRECTS} redirects",
    )
    assert [each for each in rows if each not in GUIDE] == []


def test_links_within_the_page_lead_to_its_headings() -> None:
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
    assert sorted(set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) - anchors) == []


def _is_there(name: str) -> bool:
    path, _colons, function = name.partition("::")
    return (ROOT / path).is_file() and (not function or f"def {function}(" in _text(ROOT / path))


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")
