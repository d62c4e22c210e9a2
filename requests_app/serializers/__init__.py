"""How requests look to programs, what programs may send, and how they narrow a list."""
