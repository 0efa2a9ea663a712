"""People: who they are, their sessions and what they say about themselves."""
