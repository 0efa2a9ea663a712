"""Free times of a calendar, counted from its opening hours, its rules and what its hosts are busy with.

`offers.Offers` is where others begin: made from `rules.FreeTimeRules`, a `hosts.HostTimes` for each host and the
time, it gives every start time within the opening hours, who is free then, and why one is not offered. Pure: the
time, bookings and busy times are handed in. docs/design/free-times.md has the rules with examples.
"""
