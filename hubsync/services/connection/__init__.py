"""A team's connection to its HubSpot account: Connect, tokens, access, Disconnect."""
