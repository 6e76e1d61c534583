"""What the tests and their worker both know."""

QUEUE = "webhooks"
COUNTED, GO = "tests:queues:counted", "tests:queues:go"
