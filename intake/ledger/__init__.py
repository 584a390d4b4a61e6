"""The ledger: what happened to every letter. With the archive it is the truth; all else is brought up to date from it."""
