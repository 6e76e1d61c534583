"""The LLM gateway: paid calls to any OpenAI-compatible endpoint, through the ledger, at the speed it allows."""
