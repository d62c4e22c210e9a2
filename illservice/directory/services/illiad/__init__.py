"""Coming from ILLiad: what every kind of export shares, and the addresses of partners.

Transactions (`run`, `transaction`, `places`) are read here and written by the side that they belong to.
"""
