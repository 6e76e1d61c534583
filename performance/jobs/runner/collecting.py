"""How often the cycle collector looks through what a process that has many jobs in flight holds."""

import gc

# Objects made since and not yet let go. Python's 700 are fewer than what a few jobs in flight hold: the collector then
# looks at what is about to be let go anyway, and soon at all the older ones.
YOUNG = 10_000


def collect_seldom() -> None:
    """For the process's life. What is loaded by now is frozen, and never looked through."""
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
