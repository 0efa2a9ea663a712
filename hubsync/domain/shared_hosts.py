"""Shared web hosts: an address on a social network or a site builder is no company's domain."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from hubsync.domain.email_address import email_in
from hubsync.domain.email_domains import domain_in
from hubsync.domain.normal_forms import nfkc

_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*|[^/?#]*", re.IGNORECASE)
_LAND = re.compile(r"\.(?:com|(?:com?\.)?[a-z]{2})\Z")
"""What ``*`` stands for at the end of a host: .com, .de, .co.jp, .com.au."""


class _Entry(NamedTuple):
    """Whether hosts below count too, and the path that counts: None for all of the host, empty for any page."""

    below: bool
    path: str | None


def is_shared(address: str) -> bool:
    """Whether *address*, a web address, is one on a host that many share; e-mail addresses never are.

    Somebody with an e-mail address at a social network works there. https://linkedin.com/company/acme names no
    host of Acme's; https://acme.wixsite.com does.
    """
    host = domain_in(address)
    if host is None or email_in(address) is not None:
        return False
    typed = nfkc(address).strip().replace("\\", "/")
    authority = _AUTHORITY.match(typed)
    return authority is not None and _counts(host, typed[authority.end() :].lower())


def _counts(host: str, page: str) -> bool:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        above = ".".join(labels[start:])
        for name in (above, _LAND.sub(".*", above)):
            for below, path in shared_hosts().get(name, ()):
                if (below or start == 0) and _is_in(page, path):
                    return True
    return False


def _is_in(page: str, path: str | None) -> bool:
    if not path:
        return path is None or bool(page.strip("/?#"))
    return page.startswith(f"/{path}") and page[len(path) + 1 : len(path) + 2] in ("", "/", "?", "#")


@cache
def shared_hosts() -> dict[str, tuple[_Entry, ...]]:
    """The entries of `sections` by their host."""
    entries: dict[str, tuple[_Entry, ...]] = {}
    for written in (entry for listed in sections().values() for entry in listed):
        host, slash, path = written.removeprefix(".").partition("/")
        entry = _Entry(written.startswith("."), path if slash else None)
        entries[host] = tuple(dict.fromkeys((*entries.get(host, ()), entry)))
    return entries


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """What ``data/shared_hosts.txt`` lists, as it says at its beginning, with the further list of shorteners."""
    found: dict[str, list[str]] = {}
    listed: list[str] = []
    for line in _lines("shared_hosts"):
        if line.startswith("## "):
            listed = found.setdefault(line.removeprefix("## "), [])
        elif not line.startswith("#"):
            listed += line.split()
    found["shorteners"] += [line for line in _lines("link_shorteners") if not line.startswith("#")]
    return {name: tuple(dict.fromkeys(entries)) for name, entries in found.items()}


def _lines(name: str) -> list[str]:
    return resources.files("hubsync.domain").joinpath(f"data/{name}.txt").read_text("utf-8").splitlines()
