"""Django's PostgreSQL backend with a pool that fails fast and comes back fast. DATABASES names this package."""
