"""Stand-ins of schedulers over real HTTP, for trying HubSync out and for its tests.

They hold bookings, answer the API calls that HubSync makes, and make, sign and repeat deliveries as their vendors
do. The package imports nothing of HubSync. What is shared:

server     one stand-in's HTTP server on loopback, and the log of what it was asked
signing    the signature schemes of the vendors
languages  the language of the pages, and their switch
sending    deliveries: posted, repeated and given up as a vendor does it
"""
