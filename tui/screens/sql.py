"""SQL as lines to read: broken before its clauses and coloured by the PostgreSQL lexer. Pure."""

import re
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone

LONGEST: Final = 8_000
"""Characters of one statement that are laid out; lexers are slow on what nobody reads."""

_MOST_LINES: Final = 200

_CLAUSES: Final = re.compile(
    r"\s+(?=(?:FROM|WHERE|SET|VALUES|RETURNING|GROUP\s+BY|ORDER\s+BY|HAVING|LIMIT|OFFSET|UNION"
    r"|(?:LEFT|RIGHT|FULL|INNER|CROSS)\s+(?:OUTER\s+)?JOIN|JOIN|ON\s+CONFLICT|FOR\s+UPDATE)\b)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


def laid_out(statement: str) -> str:
    """The statement with a line break before each clause, unless its author broke it already."""
    statement = statement[:LONGEST].strip()
    if "\n" in statement:
        return statement
    pieces: list[str] = []
    start = 0
    for quoted in _QUOTED.finditer(statement):
        pieces += [_CLAUSES.sub("\n  ", statement[start : quoted.start()]), quoted[0]]
        start = quoted.end()
    return "".join((*pieces, _CLAUSES.sub("\n  ", statement[start:])))


@lru_cache(maxsize=8)
def sql_lines(statement: str, width: int) -> tuple[Line, ...]:
    """The statement as lines of cells; every character of it is shown, none is markup.

    Args:
        statement: As the database tells it.
        width: Columns of the page; longer lines go on in the next.
    """
    # Loaded on first use: most walls are never asked for a statement.
    from pygments.lexers.sql import PostgresLexer  # type: ignore[import-untyped]  # no types

    lines: list[list[Cell]] = [[]]
    for token, text in PostgresLexer(stripnl=False, ensurenl=False).get_tokens(laid_out(statement)):
        tone = _tone(str(token))
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Cell(part.expandtabs(4), tone, bold=tone is Tone.TITLE))
    pieces = chain.from_iterable(wrapped(tuple(line), width) for line in lines)
    cut = list(islice(pieces, _MOST_LINES))
    if next(pieces, None) is not None or len(statement) > LONGEST:
        cut.append((Cell("… cut here", Tone.MUTED),))
    return tuple(cut)


def _tone(token: str) -> Tone:
    if token.startswith("Token.Keyword"):
        return Tone.TITLE
    if token.startswith("Token.Literal"):
        return Tone.ACCENT
    return Tone.MUTED if token.startswith("Token.Comment") else Tone.NORMAL
