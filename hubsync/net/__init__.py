"""Time-limited network exchanges, for the adapters above: whatever the other end does, they end in time."""
