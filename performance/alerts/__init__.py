"""Alerts: signals, rules over them, what fires, who is told, and how well each area does (docs/alerts.md)."""
