"""Addresses: of patrons, and of the desk."""
