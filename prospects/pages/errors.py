"""Why a body is no page."""


class Unparsable(Exception):
    """What came is no page that can be read. `says` is a sentence for people."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code
        self.says = says
