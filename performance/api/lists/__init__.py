"""Lists and details that PostgreSQL writes as JSON: a view names its rows, its shape, its filters and its orderings."""
