"""Chat alerts: the addresses that a team names, and sending what notices tell to them, at most once."""
