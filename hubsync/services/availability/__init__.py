"""When calendars offer free times: their rules, their hosts, what blocks these, and who gets the next booking."""
