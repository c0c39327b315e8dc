"""What one look at a database tells besides its sessions: how full, how large, how busy. Pure."""

from monitor.snapshot import DatabaseView
from monitor.words import number_words
from providers.database_readings import DatabaseReading, TableSize
from tui.screens.parts import heading, labelled, muted
from widgets.cells import Cell, Line, Tone, fit

_TABLES = 10
_NAME_WIDTH = 40
_SIZE_WIDTH = 12


def database_lines(database: DatabaseView) -> tuple[Line, ...]:
    """Its figures, its largest tables, and what the role may not see."""
    reading = database.reading
    if reading is None:
        return (heading("Database"), muted("nothing has been read of it"))
    return (
        heading(f"Database   {database.spec.title}  {database.spec.environment}"),
        labelled("server", Cell(f"PostgreSQL {reading.server_version}"),
                 Cell(_nature(reading), Tone.MUTED)),
        labelled("connections", Cell(_connections(reading))),
        labelled("size", Cell(number_words(reading.size_bytes, "bytes"))),
        labelled("cache hit", Cell(number_words(reading.cache_hit_percent, "%")),
                 Cell("   since the look before", Tone.MUTED)),
        labelled("work", Cell(f"{number_words(reading.transactions_per_s, 'per_s')}"),
                 Cell("   transactions ended", Tone.MUTED)),
        *(labelled("" if number else "privileges", Cell(each, Tone.WARNING))
          for number, each in enumerate(reading.missing_privileges)),
        *_tables(reading.largest_tables[:_TABLES]),
    )  # fmt: skip


def _nature(reading: DatabaseReading) -> str:
    parts = ["a standby"] if reading.in_recovery else []
    parts += ["behind a transaction pooler"] if reading.pooled else []
    return f"   {', '.join(parts)}" if parts else ""


def _connections(reading: DatabaseReading) -> str:
    counts = reading.connections
    if counts is None:
        return "no data"
    about = "" if counts.exact else "about "
    states = ", ".join(f"{number} {state}" for state, number in counts.by_state.items())
    return f"{about}{counts.used} of {counts.available}" + (f"   {states}" if states else "")


def _tables(tables: tuple[TableSize, ...]) -> tuple[Line, ...]:
    if not tables:
        return ()
    return ((), heading("Largest tables"), *(_table(each) for each in tables))


def _table(each: TableSize) -> Line:
    name = fit(f"{each.schema.line(30)}.{each.name.line(60)}", _NAME_WIDTH)
    rows = "" if each.estimated_rows is None else f"   about {each.estimated_rows:,} rows"
    size = fit(number_words(each.total_bytes, "bytes"), _SIZE_WIDTH, "right")
    return (Cell(name), Cell(size), Cell(rows, Tone.MUTED))
