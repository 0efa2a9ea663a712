"""Domain names: parsed into lower case and A-labels, and shown in their own letters."""

from __future__ import annotations

import re

import idna

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# Names for a machine's own network, which are nobody's domain: https://www.iana.org/assignments/special-use-domain-names
_NOT_PUBLIC = frozenset({"localhost", "local", "localdomain", "internal", "invalid", "arpa", "onion", "alt"})
# Names for tests and documents, which nobody can ever have: https://www.rfc-editor.org/rfc/rfc2606
_RESERVED = frozenset({"test", "example"})
_LONGEST_HOST = 253


def domain_name(host: str) -> str | None:
    """*host* in lower case and A-labels (``xn--…``), without a final dot; None for what is no public name."""
    name = host
    if not name.isascii():
        try:
            name = idna.encode(name[: _LONGEST_HOST + 1], uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(host) > _LONGEST_HOST + 1 or len(name) > _LONGEST_HOST or len(labels) < 2:
        return None
    if not _TOP.fullmatch(labels[-1]) or labels[-1] in _NOT_PUBLIC:
        return None
    return name if all(map(_LABEL.fullmatch, labels)) else None


def is_reserved(domain: str) -> bool:
    """Whether *domain*, a name as `domain_name` gives it, has an ending that is kept for tests and documents."""
    return domain.rpartition(".")[2] in _RESERVED


def shown_domain(domain: str) -> str:
    """*domain* as people write it: A-labels in their own letters, where they have any."""
    if "xn--" not in domain:
        return domain
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
