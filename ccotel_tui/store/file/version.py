"""By what a database of ours is known."""

APPLICATION_ID = 0x63636F74
"""`ccot` in the file's header, which tells our files from other programs' databases."""

STORE_VERSION = 7
"""The number of migrations that lead to this version's tables."""
