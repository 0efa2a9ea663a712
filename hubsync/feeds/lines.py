"""Lines of an event, taken apart: parameters and value."""

from __future__ import annotations

from collections.abc import Mapping

from icalendar.parser import Contentline


def split(line: str) -> tuple[dict[str, str], str]:
    """The parameters and the value of a line. Raises ValueError."""
    if '"' not in line:  # nearly all: without quotes nothing can hide a semicolon or a colon
        head, _, value = line.partition(":")
        pairs = (each.partition("=") for each in head.split(";")[1:])
        return {name.strip().upper(): each for name, _, each in pairs}, value
    _, parameters, value = Contentline(line).raw_parts()
    first = {str(name).upper(): each if isinstance(each, str) else each[0] for name, each in parameters.items()}
    return first, value


def split_time(line: str) -> tuple[dict[str, str], str]:
    """The same of a line with times. No time has a colon, but names of zones do that should be in quotes."""
    head, _, value = line.rpartition(":")
    pairs = (each.partition("=") for each in head.split(";")[1:])
    return {name.strip().upper(): each.strip('"') for name, _, each in pairs}, value


def text(lines: Mapping[str, list[str]], name: str) -> str:
    """The value of the first line called *name*, empty where there is none."""
    return split(lines[name][0])[1].strip() if name in lines else ""


def number(digits: str) -> int:
    """The number that *digits* are, -1 where they are none."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
