"""Pages: what was read of the web, parsed, stored once, and found again. See docs/pages.md."""
