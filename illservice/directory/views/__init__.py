"""What surrounds the pages of staff."""
