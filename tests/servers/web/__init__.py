"""A web of our own: 200 (or more) companies' sites by Host header, in a process of its own. See `running.py`."""
