"""Whether a queue rests, as SQL: for the claims of durable work and for workers, by the database's clock.

Imports nothing of the engine, which stands on it.
"""

# For a WHERE; `{queue}` is an SQL expression.
IS_RESTING = """EXISTS (SELECT FROM performance_queuestate rest WHERE rest.queue = {queue}
    AND rest.paused_at IS NOT NULL AND (rest.until IS NULL OR rest.until > now()))"""
# Where workers hear that a pause began or ended, so that they look at once.
CHANNEL = "assay:queues:changed"
