"""Why an engine gave no answer."""


class EngineRefused(Exception):
    """The engine takes neither this question nor another one: its key or its address is wrong."""


class EngineDown(Exception):
    """The engine can't be reached, or what it answers can't be read."""


class EngineBusy(Exception):
    """The engine takes no more questions for `after_s` seconds."""

    def __init__(self, says: str, *, after_s: float) -> None:
        super().__init__(says)
        self.after_s = after_s
