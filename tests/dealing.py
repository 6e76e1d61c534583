"""How the tests are dealt out to the processes that run them: one at a time, so that none is left with a heap.

Tests that share something costly of their module's stay together. (xdist's own way of saying so, `--dist loadgroup`,
depends on node ids that can be changed, and pytest 9.2's can't.)
"""

from xdist.scheduler import LoadScopeScheduling

# These start processes of their own, so they come first.
SLOW = ("tests/faults/", "tests/prospects/cli/", "tests/config/", "tests/e2e/")
TOGETHER = (
    "tests/faults/test_failpoints.py",
    "tests/e2e/",
    "tests/performance/jobs/test_planner.py",
    "tests/performance/api/reads/test_two_processes.py",
    "tests/performance/jobs/test_bad_network_to_the_endpoint.py",
    "tests/servers/test_openai_server.py",
)


class Dealer(LoadScopeScheduling):
    """Gives each process its next test, or its next module of TOGETHER, when it is nearly done with its last."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid
