"""Crawls: which pages of a site are read, in which order, and when it is enough. See docs/crawl.md."""
