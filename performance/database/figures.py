"""How full the web's pool is: for the measurements (pool.utilisation, above 1 when somebody waits; pool.waiting), and
for whoever looks at all processes' pools now.
"""

from performance.database.activity import pools
from performance.database.engine.base import DatabaseWrapper
from performance.metrics import observe


def sample_pools() -> None:
    """A sampler: the peak since the last sample. Nothing in processes without a pool."""
    for pool in DatabaseWrapper.pools():
        peak = pool.take_peak()
        observe("pool.utilisation", {}, peak.utilisation)
        observe("pool.waiting", {}, peak.waiting)
        pools.publish(pool, peak)
