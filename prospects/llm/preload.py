"""What a worker does once before it forks, so that its children share it."""

import gc

from prospects.llm.wire import load_transport


def preload() -> None:
    """Import the LLM client, and keep what is loaded out of later collections (and so in shared memory)."""
    load_transport()
    gc.collect()
    gc.freeze()
