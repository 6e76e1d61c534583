"""Who uses the database now, and who waits for whom."""
