"""The team that the random sequences play with."""

from tests.services.conftest import acme

__all__ = ["acme"]
