"""An organiser's own blank form, turned into the `fields` block of config.toml that reads what comes back of it.

Everything here proposes: an admin looks at it before anything is judged by it. It goes by the words of labels and by
where places for answers stand, never by what people answered.
"""

from intake.learn.proposal import Proposal, learn

__all__ = ["Proposal", "learn"]
