"""What can go wrong with the embedded servers. Each message is one sentence that says what to do."""

import os


class StackError(Exception):
    """The embedded PostgreSQL or Valkey can't serve."""

    exit_status = os.EX_UNAVAILABLE
