"""Receiving and sending messages of ISO 18626."""
