"""Hosts: what their robots.txt allows, whose turn it is, and how a page is fetched. See docs/hosts.md."""
