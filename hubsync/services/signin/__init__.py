"""Sign-in: mailed links, sign-in providers, and whose identity it is."""
