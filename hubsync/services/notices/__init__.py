"""Notices: what the team is told by e-mail, and how seldom."""
