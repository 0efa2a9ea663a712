"""HubSpot, as HubSync needs it.

``wire`` sends and nothing else does; ``calls`` is what is sent, ``replies`` understands what comes back;
``client`` (records, properties, account) and ``oauth`` (tokens) are what services use.
"""
