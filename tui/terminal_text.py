"""The last line of defence against text that acts on the terminal (promise P13).

Text is made harmless where it enters (`providers.text.Foreign`); this is for what slipped through.
"""

from rich.cells import cell_len


def harmless(text: str) -> str:
    """`text` without what may not be in a cell, keeping its width.

    Python's own "printable" leaves out controls, bidirectional and invisible marks, lone
    surrogates, private characters and every space but the usual one. What is no cells wide goes,
    the rest becomes `?`, or a blank for another kind of space.
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _stand_in(sign) for sign in text)


def _stand_in(sign: str) -> str:
    return (" " if sign.isspace() else "?") * max(cell_len(sign), 0)
