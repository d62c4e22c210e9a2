"""Doors of the exchange: where partners bring messages, the log of a request, and the connections."""
