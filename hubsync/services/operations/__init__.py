"""Running HubSync: background jobs, checks, keys, backups."""
