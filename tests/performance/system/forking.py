"""A process that forks while its sender's thread looks at machine and servers for the first time.

Prints how many of the children did not do, within CHILD_S, what a child of a worker does.
"""

import os
import signal
import sys
import time

import django

FORKS, APART_S, CHILD_S = 10, 0.005, 30


def main() -> None:
    os.environ["PROCESS_ROLE"] = "worker"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from performance.metrics import sending

    sending.EVERY_S = 0.002
    sending.ensure()
    children = []
    for _ in range(FORKS):
        child = os.fork()
        if child == 0:
            work()
        children.append(child)
        time.sleep(APART_S)
    print(sum(os.waitpid(child, 0)[1] != 0 for child in children), "of", FORKS, "hang")


def work() -> None:
    """The cache, and a look and a sending of its own."""
    signal.setitimer(signal.ITIMER_REAL, CHILD_S)
    from django.core.cache import caches

    from performance.metrics import sending

    caches["default"].get("anything")
    sending.ensure()
    assert sending._sender is not None
    time.sleep(0.01)
    sending._sender.end()
    # It is given two seconds there, which ten first looks at once may take on a busy machine; a lock it is never given.
    sending._sender.join(CHILD_S)
    os._exit(0 if not sending._sender.is_alive() else 1)


if __name__ == "__main__":
    sys.exit(main())
