"""One attempt at HubSpot: draft, company, contact, rate limits."""
