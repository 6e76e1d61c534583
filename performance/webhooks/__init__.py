"""What happened here, told to other systems: signed, once for each endpoint, tried for days. See docs/webhooks.md."""
