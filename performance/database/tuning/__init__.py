"""PostgreSQL's settings, held against what this server and its machine do."""
