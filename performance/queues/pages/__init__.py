"""The console's pages of queues, dead letters, schedules and workers."""
