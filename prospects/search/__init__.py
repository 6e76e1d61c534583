"""Web search: sessions of queries to engines, and the sites they found. See docs/search.md."""
