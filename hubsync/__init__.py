"""HubSync carries completed bookings into HubSpot.

The map of the package, ground floor first; a floor imports only from the floors below it:

1. errors                                  one family, each with a code, an advice and "permanent"
2. domain                                  values and pure decisions
3. store  hubspot  sources  mail           adapters, strangers to each other
4. services                                what we do; the only place that commits
5. web                                     parse, call, show
6. config  app  cli                        choose and wire

Apart: sandbox, the HubSpot stand-in, which imports nothing of ours.

``docs/ARCHITECTURE.md`` follows one booking through all the rooms.
"""
