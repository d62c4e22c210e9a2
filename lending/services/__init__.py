"""The verbs of the lending desk."""
