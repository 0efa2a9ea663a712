"""HubSpot's CRM: property definitions, records, search and associations of contacts and companies."""
