"""The control API under ``/sandbox/api``: what tests and the sandbox's own pages set and look at.

The formats are written in hubspot_sandbox/README.md.
"""

from hubspot_sandbox.control import access, mails, records, rules, switching, trouble
from hubspot_sandbox.control.desk import control

__all__ = ["access", "control", "mails", "records", "rules", "switching", "trouble"]
