"""Ways in which somebody signs in."""

from __future__ import annotations

from enum import StrEnum


class SignInWay(StrEnum):
    """How somebody proved who they are. The values are stored; none is ever renamed."""

    LINK = "by_link"
    PROVIDER = "by_provider"
    CONFIRMATION = "by_confirmation"
    INVITATION = "with_invitation"
