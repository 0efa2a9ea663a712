"""Values and pure decisions: no Flask, no database, no clock, no network.

- questions       what a guest is asked, and whether what was typed will do
- booking         what a source hands over
- mapping         which information goes into which HubSpot property, and the draft that comes of it
- values          one answer as HubSpot's string or number
- email_domains   a company's domain out of an e-mail or web address; the free e-mail domains
- matching        whether HubSpot has this company already
- roles           who may do what
- retries         when to try again
"""
