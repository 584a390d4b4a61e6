"""The commands behind `intake`: each returns an exit code and prints for people, or one JSON object per line.

Exit codes: 0 done · 1 something needs attention · 2 wrong use or a mistake in config.toml · 3 the world is in the way.
"""

DONE, ATTENTION, MISTAKE, WORLD = 0, 1, 2, 3
