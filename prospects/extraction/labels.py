"""What stands before a value and says what it is: on its line, in its row, or over its column. Pure."""

from prospects.extraction.reading import Reading

_LONGEST = 48
_LONGEST_ABOVE = 40


def label_before(reading: Reading, at: int, *, since: int = 0) -> str:
    """The words before an offset of the visible text, back to `since`; where its line begins with it, those over it."""
    line = reading.lines[reading.lines.at(at)]
    start = max(line.start, since)
    if start > line.start:
        return reading.visible[max(start, at - _LONGEST) : at]
    before = reading.visible[line.start : at]
    cell = before.rpartition("\t")[2]
    if cell.strip():
        return cell[-_LONGEST:]
    return _over(reading, at) if "\t" in line.text else _above(reading, at)


def _over(reading: Reading, at: int) -> str:
    """The first cell of a row of two; else its column's head."""
    number = reading.lines.at(at)
    line = reading.lines[number]
    cells = line.text.split("\t")
    column = reading.visible.count("\t", line.start, at)
    if len(cells) == 2:
        return cells[0][-_LONGEST:]
    head = number
    while head > 0 and reading.lines[head - 1].text.count("\t") == len(cells) - 1:
        head -= 1
    heads = reading.lines[head].text.split("\t")
    return heads[column] if head < number and column < len(heads) else ""


def _above(reading: Reading, at: int) -> str:
    number = reading.lines.at(at)
    above = reading.lines[number - 1].text if number else ""
    return above if len(above) <= _LONGEST_ABOVE else ""
