"""What the layout promises and no linter can say; `lint-imports` and ruff prove the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hubsync.store import leases
from tests.kit.source_code import nodes_of

PACKAGE = Path(__file__).parent.parent / "hubsync"
PRODUCT = sorted(PACKAGE.rglob("*.py"))
BENCH = sorted((PACKAGE.parent / "bench").rglob("*.py"))
NAMED_AFTER_NOTHING = {
    *("utils", "util", "helpers", "helper", "common", "misc", "manager"),
    *("models", "views", "forms"),
}
OF_PLAIN_WORDS = {
    **dict.fromkeys(
        ("errors.root.Remedy", "errors.root.Scope"),
        "pages, buttons and modules are called the same: mapping, hubspot",
    ),
    **dict.fromkeys(
        (
            "domain.imports.columns.Field",
            "domain.information.Fact",
            "domain.meeting_template.TemplateFact",
            "domain.questions.Part",
            "sources.teachable.Role",
        ),
        "the fields of a booking, which sources, tables and forms call the same",
    ),
    **dict.fromkeys(
        ("domain.questions.Kind", "sources.signed_webhook.schemes.SecretForm", "sources.teachable.BranchKind"),
        "text, number and date are kinds of many things",
    ),
    **dict.fromkeys(
        ("errors.details.DetailCode", "errors.details.Obstacle"),
        "some are called as the errors that they are details of, others as columns and settings",
    ),
    "domain.csv_files.encodings.Encoding": "utf-8 is what everything is in",
    "domain.information.Origin": "question and param are fields of forms and of what is stored",
    "domain.log_formats.LogFormat": "text and JSON are everywhere",
    "domain.mapping.Section": "the names of HubSpot's objects, which are parts of its addresses",
    "domain.security_events.SecurityEvent": "errors, audit actions and results are called the same",
    "sources.signed_webhook.schemes.Signed": "body is a word of every message",
}
"""Enums whose values are everywhere written out for something else, and for what."""
SAID = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext"}
"""What marks a sentence that people read: "posted" is a word of English, too."""
OTHER_MEANINGS: dict[str, tuple[str, set[str]]] = {
    "access_lost": (
        "the code of an error",
        {
            *("bench/replay", "errors/access", "services/operations/background_jobs"),
            *("web/deliveries/held_back_text", "web/shell/reasons", "web/shell/reason_texts"),
        },
    ),
    "CANCEL": ("what HubSpot's words for an outcome have in common", {"domain/meetings"}),
    "certificate": ("a value of a detail", {"net/adapter"}),
    "fill": ("a way to copy a mapping", {"web/mapping/copying"}),
    "leave": ("what a command does about a contact in HubSpot", {"cli/privacy"}),
    "active": (
        "the switch of a mapping, a field of HubSpot's answer, and of a webhook at Cal.com",
        {
            "sources/calcom/client",
            *("hubspot/oauth", "services/mapping/diff", "web/calendars/advanced_settings"),
            *("web/mapping/editor_state", "web/mapping/form", "web/mapping/text"),
        },
    ),
    "address": (
        "a property of HubSpot, a field of what is sealed",
        {"hubspot/properties", "services/busy_calendars/access"},
    ),
    "buffer_after": (
        "the name of a rule",
        {"domain/availability/rules", "web/availability/form", "web/availability/words"},
    ),
    "buffer_before": (
        "the name of a rule",
        {"domain/availability/rules", "web/availability/form", "web/availability/words"},
    ),
    "busy": ("what processes write for each other", {"feeds/expansion", "feeds/worker"}),
    "cancelled": ("a status of a booking at Cal.com", {"sources/calcom/booking_list"}),
    "connect": ("an event of SQLAlchemy's", {"store/__init__"}),
    "disabled": ("a state of a webhook at Calendly", {"sources/calendly/client"}),
    "dismissed": ("a word of what is counted", {"domain/delivery_states"}),
    "end": (
        "a value for a mail's template, a field of a sender's, a place in a body",
        {
            *("services/notices/expiry_warning", "sources/calcom/booking_list", "sources/times"),
            "web/deliveries/arrival_notes",
        },
    ),
    "header": ("a field that says of a webhook's proof", {"sources/signed_webhook/lessons"}),
    "hourly_ceiling": ("the name of a rule", {"domain/unwanted_bookings"}),
    "ignored": (
        "a field of a preset and of what is answered",
        {"sources/signed_webhook/options", "web/sources/webhooks"},
    ),
    "invited": (
        "a detail of the audit trail, and of a session",
        {"services/teams/members", "web/signin/provider", "web/teams/audit_text"},
    ),
    "joined": ("how SQLAlchemy reads along", {"store/"}),
    "login": ("a wish of OpenID Connect", {"identity/app"}),
    "made": ("a key of what processes write for each other", {"services/posting/shared_pace"}),
    "member": ("how the name of a job begins", {"bench/growth"}),
    "none": (
        "no number, no capital letters, no proof of the client, no replay, a value of Sec-Fetch-Site",
        {
            "bench/calls",
            "bench/replay",
            "identity/providers",
            "web/deliveries/replays",
            "web/mapping/free_domains",
            "web/shell/headers",
        },
    ),
    "not_connected": (
        "the code of an error",
        {"errors/access", "web/deliveries/held_back_text", "web/shell/reason_texts"},
    ),
    "notice": ("the field of a form", {"web/availability/form", "web/availability/words"}),
    "oauth": (
        "a permission at HubSpot, part of its addresses",
        {
            *("hubspot/app_project", "hubspot/account_client", "hubspot/oauth"),
            *("services/connection/service_keys", "web/connection/status_text"),
        },
    ),
    "owner": ("the field of a form", {"services/teams/members"}),
    "plan": ("a field of a form, a detail of the audit trail", {"services/teams/members", "web/teams/audit_text"}),
    "posted": ("a value for a mail's template", {"services/notices/expiry_warning"}),
    "refused": (
        "the code of an error, addresses that a mail server did not take, a value for a template",
        {
            *("errors/incoming", "mail/smtp_connection", "web/connection/overview", "web/mapping/preview"),
            "web/shell/reason_texts",
        },
    ),
    "quiet": ("a parameter of a statement", {"bench/filling"}),
    "removed": ("a detail of the audit trail", {"services/mapping/free_domains", "web/teams/audit_text"}),
    "repeated": ("a number of an import", {"services/imports/checking"}),
    "required": ("a field of a form", {"web/calendars/question_form"}),
    "source_refused": ("the code of an error", {"errors/sources", "web/shell/reason_texts"}),
    "unknown": ("nobody's network address", {"services/limits"}),
}
"""What a value of an enum means elsewhere, and in which modules or packages it does."""


def commits(node: ast.AST) -> bool:
    """Whether *node* ends a transaction with a commit, or begins one that will."""
    if isinstance(node, ast.Attribute):
        return node.attr == "commit"
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "write_transaction"


def test_only_services_commit() -> None:
    committing = {
        path.relative_to(PACKAGE).parts[0]
        for path in PRODUCT
        if any(map(commits, nodes_of(path, ("commit", "write_transaction"))))
    }
    # store/__init__ holds write_transaction() itself.
    assert committing == {"store", "services"}


def test_only_the_lease_itself_says_whether_it_is_over() -> None:
    # A condition of one's own forgets the clock that was set back.
    ends = {each.until for each in vars(leases).values() if isinstance(each, leases.Lease)}
    reading = {
        path.relative_to(PACKAGE).as_posix()
        for path in PRODUCT
        for node in nodes_of(path, ends)
        if isinstance(node, ast.Attribute) and node.attr in ends and isinstance(node.ctx, ast.Load)
    }
    assert reading == {
        "services/bookings/erasure.py",  # how old a claim is, which is no matter of whose it is
    }


def test_one_place_says_whose_calendars_somebody_sees() -> None:
    def names(node: ast.Compare) -> set[str]:
        sides = [node.left, *node.comparators]
        return {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in sides}

    comparing = {
        path.relative_to(PACKAGE).as_posix()
        for path in PRODUCT
        for node in nodes_of(path, {"owner_id"})
        if isinstance(node, ast.Compare) and names(node) == {"owner_id", "person_id"}
    }
    assert comparing == {
        "store/calendar_visibility.py",
        # Calendars that change hands because their owner goes.
        "services/operations/person_erasure.py",
        "services/teams/leaving.py",
        "services/teams/members.py",
    }


def test_one_module_lists_the_time_zones() -> None:
    # Listing them looks through the disk each time; domain/zones does it once.
    listing = {
        path.relative_to(PACKAGE).as_posix() for path in PRODUCT if "available_timezones" in path.read_text()
    }
    assert listing == {"domain/zones.py"}


def test_no_module_is_named_after_nothing() -> None:
    assert [path.name for path in PACKAGE.rglob("*.py") if path.stem in NAMED_AFTER_NOTHING] == []


def test_imports_are_absolute() -> None:
    # A relative import would hide from the reader which layer it reaches.
    relative = [
        path.name
        for path in PRODUCT
        for node in nodes_of(path, {"from ."})  # as ruff formats it
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


FACADES = {"hubsync.errors", "hubsync.identity", "hubsync.sources", "hubsync.sources.signed_json"}
"""Packages whose ``__init__`` hands out what their modules define, for everybody outside."""


def test_a_name_has_one_address() -> None:
    modules = {dotted(path): imports_and_own_names(path) for path in PRODUCT}
    borrowed = {
        module: {alias.asname or alias.name for node in imports for alias in node.names} - own
        for module, (imports, own) in modules.items()
        if module not in FACADES
    }
    second = [
        f"{module} takes {alias.name} from {node.module}"
        for module, (imports, _own) in modules.items()
        for node in imports
        if node.module in borrowed
        for alias in node.names
        if alias.name in borrowed[node.module] and f"{node.module}.{alias.name}" not in modules
    ]
    assert second == []


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports_and_own_names(path: Path) -> tuple[list[ast.ImportFrom], set[str]]:
    """What a module takes from others, and the names that it defines itself."""
    tree, imports = ast.parse(path.read_text()), []
    own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return imports, own


def test_no_old_oauth_path_is_called_by_the_product() -> None:
    # https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
    assert [path.name for path in PRODUCT if "/oauth/v1" in path.read_text()] == []


def quoted(source: str) -> set[str]:
    """What may be a text of *source*: all that stands between quotes, also those of two texts."""
    return set(re.findall(r"""(?<=["'])[^"'\n]+(?=["'])""", source))


def written_out(source: str) -> Iterator[str]:
    """Every text of *source* that is a value: no docstring, no sentence, no member of an enum."""
    tree = ast.parse(source)
    others: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            others.add(id(node.value))
        elif isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
            others |= {id(each.value) for each in node.body if isinstance(each, ast.Assign)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in SAID:
            others |= {id(each) for each in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in others:
            yield node.value


def test_a_value_that_is_written_out_is_seen() -> None:
    assert list(written_out('def f():\n    "posted"\n    return x == "posted"')) == ["posted"]
    assert list(written_out('class A(StrEnum):\n    POSTED = "posted"')) == []
    assert list(written_out('told = _("posted")')) == []


def enums() -> Iterator[tuple[str, list[str]]]:
    """Every enum of words with its values, read where it is defined."""
    for path in PRODUCT:
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "(StrEnum)" in source else ():
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
                values = [each.value for each in node.body if isinstance(each, ast.Assign)]
                words = [str(each.value) for each in values if isinstance(each, ast.Constant) and each.value]
                yield f"{dotted(path).removeprefix('hubsync.')}.{node.name}", words


def test_enums_of_plain_words_are_enums() -> None:
    assert set(OF_PLAIN_WORDS) <= {name for name, _words in enums()}


def test_no_module_writes_out_what_an_enum_has() -> None:
    words = {word for name, values in enums() if name not in OF_PLAIN_WORDS for word in values}
    found = {
        (text, known_place(text, path))
        for path in (*PRODUCT, *BENCH)
        for source in [path.read_text()]
        if words & quoted(source)  # the others need not be parsed
        for text in written_out(source)
        if text in words
    }
    known = {(word, module) for word, (_meaning, modules) in OTHER_MEANINGS.items() for module in modules}
    assert found - known == set(), "name the member; or say in OTHER_MEANINGS what else the word means there"
    assert known - found == set(), "take these out of OTHER_MEANINGS"


def known_place(word: str, path: Path) -> str:
    """The module at *path*, or its package where OTHER_MEANINGS has *word* for a whole one."""
    module = path.relative_to(PACKAGE.parent).with_suffix("").as_posix().removeprefix("hubsync/")
    package = f"{module.partition('/')[0]}/"
    return package if package in OTHER_MEANINGS.get(word, ("", set()))[1] else module
