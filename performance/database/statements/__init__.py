"""What the database is asked, how often and at what cost: history of pg_stat_statements, and who asks in our code."""
