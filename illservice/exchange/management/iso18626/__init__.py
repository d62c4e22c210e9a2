"""The words after `./ill iso18626`, one module for each.

A module has `HELP` (one sentence), `add_arguments(parser)` and `run(options, stdout, stderr)`, which returns the exit
status; it is listed in `commands.iso18626`.
"""
