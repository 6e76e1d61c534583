"""The guarded transport for every address that a user names: pages of prospects, webhooks. See docs/outbound.md."""
