"""Research: batches of companies, from a name or a domain to a profile. See docs/research.md."""
