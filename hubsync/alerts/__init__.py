"""Alerts in chats, by Apprise, which runs in a process of its own and connects to what the guard allows alone."""
