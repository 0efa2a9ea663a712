"""Labels of roles and plans."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hubsync.domain.plans import Plan
from hubsync.domain.roles import Role

ROLES = {
    Role.OWNER: _l("Owner"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MEMBER: _l("Member"),
}
PLANS = {Plan.FREE: _l("Free"), Plan.BASIC: _l("Basic"), Plan.PREMIUM: _l("Premium")}
