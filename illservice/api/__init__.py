"""The REST API: its addresses, its errors, its description."""
