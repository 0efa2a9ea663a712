"""HubSync carries completed bookings into HubSpot.

``docs/ARCHITECTURE.md`` has the layers, the subjects that they share, and the way of a booking through them.
"""
