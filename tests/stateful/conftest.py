"""The team that the random sequences play with."""

from tests.kit.acme import acme

__all__ = ["acme"]
