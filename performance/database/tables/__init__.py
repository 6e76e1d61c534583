"""How large tables are, how they grow, and how well they are kept up."""
