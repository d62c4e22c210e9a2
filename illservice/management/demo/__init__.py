"""The demo library: a small invented town library with people of every role and requests in every state.

Everybody and every periodical in it is invented; the books are classics in the public domain.
"""
