"""The runner: what one Celery message starts. An event loop that claims, works and stores until its slice is over."""
