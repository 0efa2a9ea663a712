"""The start page: what this is, and the accounts."""

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.pages.layout import page_blueprint, show

home = page_blueprint("sandbox_home")


@home.get("/")
def index() -> str:
    """What the sandbox is and what is in it."""
    state = sandbox_state()
    with state.lock:
        accounts = [
            {
                "account": account,
                "contacts": sum(not r.archived for r in state.records_of(account.id, "contacts")),
                "companies": sum(not r.archived for r in state.records_of(account.id, "companies")),
                "apps": sum(install.account_id == account.id for install in state.installs),
            }
            for account in state.accounts
        ]
        return show("home", accounts=accounts, calls=len(state.calls.all()), app=_app())


def _app() -> object:
    state = sandbox_state()
    return state.apps.get(state.settings.client_id)
