"""How the tests are dealt out to the processes that run them: one at a time, so that none is left with a heap.

Tests that share something costly of their module, or of their folder, stay together. (xdist's own way of saying so,
`--dist loadgroup`, depends on node ids that can be changed, and pytest 9.2's can't.)
"""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# These wait for processes of their own, time-outs and leases more than they compute.
WAITING = (
    "tests/faults/",
    "tests/prospects/cli/",
    "tests/config/",
    "tests/e2e/",
    "tests/performance/cache/test_processes_and_outages.py",
    "tests/performance/database/test_connections.py",
    "tests/performance/limits/test_processes.py",
    "tests/performance/metrics/test_celery.py",
    "tests/performance/metrics/test_processes.py",
    "tests/performance/queues/test_a_real_worker.py",
    "tests/prospects/llm/test_breaker.py",
    "tests/servers/",
)
TOGETHER = (
    "tests/faults/test_failpoints.py",
    "tests/e2e/",
    "tests/performance/jobs/test_planner.py",
    "tests/prospects/company_profiles/test_planner.py",
    "tests/prospects/qualification/test_planner.py",
    "tests/performance/api/reads/test_two_processes.py",
    "tests/performance/jobs/test_bad_network_to_the_endpoint.py",
    "tests/prospects/api/test_the_schema_describes_what_is_sent.py",
    "tests/servers/test_openai_server.py",
)


class Dealer(LoadScopeScheduling):
    """Gives each process its next test, or what is next of TOGETHER, when it is nearly done with its last.

    Half of the processes begin with what waits and half with what computes, so that the cores have work all the time.
    """

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """As xdist does, which would go through all that `node` ever did to see what it still has."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        unit = self.assigned_work[node][scope]
        unit[nodeid] = True
        if all(unit.values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if self.nodes.index(node) % 2:
            computing = (scope for scope in self.workqueue if not scope.startswith(WAITING))
            if first := next(computing, None):
                self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)
