"""Runs of `manage.py bench` that somebody asked for over the API, and what they measured."""
