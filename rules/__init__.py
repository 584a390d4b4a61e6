"""The pure core: words and decisions.

Nothing in this package touches the world: no I/O, no clock, no randomness, no logging. Time comes in as an
argument. Judging a letter again next week gives the same verdict.
"""
