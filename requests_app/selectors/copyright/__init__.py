"""What the copyright desk reads: a library's rules, what counts, what waits, and the year's reports."""
