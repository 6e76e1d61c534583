"""Research whose workers die at the edges of their transactions. An app for the workers of the test beside it."""
