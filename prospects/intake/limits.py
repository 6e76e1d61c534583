"""How large a file may be in each direction: far above any list of companies; a hostile file gets no further."""

MAX_COLUMNS = 500
MAX_CELL = 131_072
# Characters of one record of a CSV (a cell may hold line ends) or one line of JSON.
MAX_LINE = 4_194_304
MAX_ROWS = 5_000_000
# An XLSX is a ZIP: 200 kB of it took readers to 614 MB.
MAX_MEMBERS = 2_000
# Bytes of its directory: 256 a member, when 120 are usual.
MAX_DIRECTORY = 524_288
MAX_UNPACKED = 268_435_456
MAX_RATIO = 300
WORKBOOK_MEMORY = 1_073_741_824
WORKBOOK_CPU_S = 120
WORKBOOK_WALL_S = 300
SAMPLE_ROWS = 200
# Bytes looked at to tell the encoding and the dialect.
SAMPLE_BYTES = 262_144
# Rows that are in memory at once.
CHUNK_ROWS = 4_000
