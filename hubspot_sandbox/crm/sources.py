"""The source of a write, named by a record and by each of its values."""

from dataclasses import dataclass

from hubspot_sandbox.authentication import Caller, sandbox_state


@dataclass(frozen=True)
class Source:
    """Who created a record or wrote a value, as its system properties and history tell."""

    name: str
    source_id: str
    detail: str
    user_id: int = 0

    def properties(self) -> dict[str, str]:
        """The system properties of a record from this source."""
        return {
            "hs_object_source": self.name,
            "hs_object_source_id": self.source_id,
            "hs_object_source_label": self.name,
            "hs_object_source_detail_1": self.detail,
        }


BY_HAND = Source("CRM_UI", "userId:9001", "", user_id=9001)
BY_MERGE = Source("MERGE_OBJECTS", "", "")


def source_of(caller: Caller) -> Source:
    """The source of what this caller writes."""
    if caller.token is None:
        key = caller.service_key
        return Source("INTEGRATION", str(key.key_id if key else ""), key.name if key else "")
    app = sandbox_state().apps.get(caller.token.client_id)
    return Source("INTEGRATION", str(app.app_id if app else ""), caller.app_name)
