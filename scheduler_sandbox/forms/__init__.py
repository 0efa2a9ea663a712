"""Senders of forms and small schedulers: made-up bodies in each vendor's shape, signed and repeated as it does."""

from scheduler_sandbox.forms.filled import Filled, moved
from scheduler_sandbox.forms.sender import VENDORS, FormSender, check_url, end_on_404_and_410

__all__ = ["VENDORS", "Filled", "FormSender", "check_url", "end_on_404_and_410", "moved"]
