from __future__ import annotations

from hypothesis import settings

# The same examples on every machine, and no folder of remembered ones.
settings.register_profile("stable", derandomize=True, deadline=None, database=None)
settings.load_profile("stable")
