"""Cal.com's stand-in: an account with event types, webhooks and bookings, and its API v2.

account    `CalCom`: what happens to bookings, and the deliveries that it makes
entities   users, event types, guests and bookings
bodies     what is delivered
webhooks   the triggers, and how a body is written, signed and labelled
api        the API, for `scheduler_sandbox.server.SchedulerServer`
"""
