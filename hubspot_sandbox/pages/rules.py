"""The page of the account's rules (Settings > Properties)."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.definitions import all_definitions, is_live
from hubspot_sandbox.crm.rules import KINDS, RULE_TYPES, InvalidRule, add_rule, in_words
from hubspot_sandbox.entities import Account
from hubspot_sandbox.pages.layout import account_or_404, page_blueprint, show

rules = page_blueprint("sandbox_rules")


@rules.get("/settings/<int:account_id>/rules")
def listed(account_id: int) -> str:
    """The rules in force, and a form for each kind of rule."""
    return _page(account_or_404(account_id), {}, None)


def _page(account: Account, typed: dict[str, str], problem: InvalidRule | None) -> str:
    state = sandbox_state()
    with state.lock:
        found = [(rule, in_words(rule)) for rule in state.admin_rules if rule.account_id == account.id]
        names: dict[str, list[str]] = {
            kind: sorted(name for name, one in all_definitions(state, account.id, kind).items() if is_live(one))
            for kind in ("contacts", "companies")
        }
    return show(
        "rules",
        account,
        rules=found,
        names=sorted({*names["contacts"], *names["companies"]}),
        rule_types=RULE_TYPES,
        typed=typed,
        problem=problem,
    )


@rules.post("/settings/<int:account_id>/rules")
def add(account_id: int) -> Response | tuple[str, int]:
    """Set a rule; what was typed comes back when it makes no sense."""
    account = account_or_404(account_id)
    typed = {name: request.form.get(name, "").strip() for name in request.form}
    wanted: dict[str, Any] = dict(typed)
    argument = typed.get("arguments", "")
    several = typed.get("rule_type", "").endswith("DOMAINS")
    wanted["arguments"] = [part.strip() for part in argument.split(",")] if several else [argument]
    try:
        add_rule(sandbox_state(), account.id, wanted)
    except InvalidRule as problem:
        known = typed if typed.get("kind") in KINDS else {}
        return _page(account, known, problem), 400
    return redirect(url_for(".listed", account_id=account.id), code=303)


@rules.post("/settings/<int:account_id>/rules/<int:number>/remove")
def remove(account_id: int, number: int) -> Response:
    """Take a rule away."""
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        rule = state.admin_rules.get(number)
        if rule is not None and rule.account_id == account.id:
            state.admin_rules.remove(number)
    return redirect(url_for(".listed", account_id=account.id), code=303)
