"""Labels of roles and plans."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hubsync.domain.plans import Plan
from hubsync.domain.roles import Role
from hubsync.domain.sign_in_ways import SignInWay

ROLES = {
    Role.OWNER: _l("Owner"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MEMBER: _l("Member"),
}
SIGN_IN_WAYS = {
    SignInWay.LINK: _l("by a mailed link"),
    SignInWay.PROVIDER: _l("with an account at a sign-in provider"),
    SignInWay.CONFIRMATION: _l("by confirming an account at a sign-in provider"),
    SignInWay.INVITATION: _l("by an invitation"),
}
"""How somebody signed in, as a part of a sentence."""
PLANS = {Plan.FREE: _l("Free"), Plan.BASIC: _l("Basic"), Plan.PREMIUM: _l("Premium")}
