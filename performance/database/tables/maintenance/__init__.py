"""VACUUM and ANALYZE that somebody asked for, done by a worker."""
