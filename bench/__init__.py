"""Measurements of HubSync: ``python -m bench <part|all>``.

Everything runs against the HubSpot stand-in on this machine, over real sockets and a real SQLite file. Numbers
that matter are ratios of two things measured in one run, alternately, so that they hold on another machine too.
"""
