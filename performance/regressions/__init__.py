"""Regressions: when an endpoint or a query became slower and stayed so, and after which deploy (docs/alerts.md)."""
