"""Forms in which somebody says what is wanted."""
