"""What can be wrong with a file or with what is asked of an import: one sentence each, that says what to do."""

from performance.api.errors import DomainError


class IntakeError(DomainError):
    """The file can't be imported."""

    status = 422
    code = "import_refused"
    title = "The file can't be imported"


class EmptyFile(IntakeError):
    """The file is empty."""


class UnreadableFile(IntakeError):
    """The file is no CSV, XLSX or JSON Lines table that can be read."""


class TooManyColumns(IntakeError):
    """The file has more columns than a list of companies has."""


class TooLarge(IntakeError):
    """A cell, a line or the unpacked workbook is larger than allowed."""


class NoCompanyColumn(IntakeError):
    """No column holds a company's name or its domain."""


class BadMapping(IntakeError):
    """A column or a field that doesn't exist, or a field that two columns claim."""


class WrongState(IntakeError):
    """The import is not in a state in which this can be done."""

    status = 409
    title = "Not possible in this state"


class AtWork(WrongState):
    """A worker has the import in hand; wait until it is done."""


class UnknownImport(IntakeError):
    """There is no such import."""

    status = 404
    title = "Not found"
