"""``python -m bench``: run a part, show what it found, and write it into bench/RESULTS.md."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.progress import say
from bench.report import LONG, PARTS, RESULTS, Report, keep

WORDS = {
    "calls": "calls to HubSpot in each case, from the stand-in's log",
    "overhead": "time and commits of a delivery beside a bare loop and HubSpot's own clients, and where it goes",
    "features": "a delivery with each thing that can be switched on, beside the same HubSync without it",
    "confirm": "guests who book at once over gunicorn, and the memory it takes",
    "intake": "webhooks verified, read and committed beside bare commits, posting left to the background",
    "replay": "300 missed bookings posted in the background, and pages answered meanwhile",
    "burst": "300 bookings of 100 companies at once, against HubSpot's rate limits",
    "page": "a busy calendar read, free times of many bookings and busy times, and the month page with 20 guests",
    "imports": "files of bookings of before read and checked, beside Python's own reader, and the memory it takes",
    "backlog": "10,000 missed bookings at HubSpot's own limits and above them; a quarter of an hour, not in `all`",
    "soak": "an hour of bookings, retries, feeds and mails; nothing lost or doubled, nothing grows; not in `all`",
    "growth": "pages, queries and deliveries with a thousand to a million deliveries in the database",
}


def main(given: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 when a number was not reached."""
    told = "\n".join(f"  {part:10}{WORDS[part]}" for part in PARTS)
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"Measure HubSync.\n\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--tiny", action="store_true", help="only prove that it runs; nothing is written")
    parser.add_argument(
        "--beside", type=Path, metavar="PATH", help="overhead: another checkout of HubSync, measured in turns"
    )
    parser.add_argument("--minutes", type=float, help="soak: for how long, an hour if nothing is said")
    parser.add_argument("--results", type=Path, help="the file to write into", default=None)
    asked = parser.parse_args(given)
    if asked.beside is not None and asked.part != "overhead":
        parser.error("--beside is for overhead alone")
    if asked.minutes is not None and asked.part != "soak":
        parser.error("--minutes is for soak alone")
    reached = True
    everything = [part for part in PARTS if part not in LONG]
    for part in everything if asked.part == "all" else (asked.part,):
        say(f"{part}: {WORDS[part]}")
        measured = importlib.import_module(f"bench.{part}")
        more = {"beside": asked.beside} if part == "overhead" else {}
        more |= {"minutes": asked.minutes} if asked.minutes is not None else {}
        report: Report = measured.run(asked.tiny, **more)
        print(report.text())
        if asked.results or not asked.tiny:
            keep(report, asked.results or RESULTS)
        reached = reached and report.reached
    return 0 if reached or asked.tiny else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped, too
    sys.exit(main())
