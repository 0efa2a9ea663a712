"""The control API under ``/sandbox/api``: what tests and the sandbox's own pages set and read.

The formats are written in hubspot_sandbox/README.md.
"""

from hubspot_sandbox.control import access, calls, faults, mails, records, rules, settings
from hubspot_sandbox.control.blueprint import control

__all__ = ["access", "calls", "control", "faults", "mails", "records", "rules", "settings"]
