"""The last line of defence against text that acts on the terminal (promise P13).

Text is made harmless where it enters (`providers.text.Foreign`); this is for what slipped through.
"""

import re
from typing import Final

from rich.cells import cell_len

FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What no cell may hold: controls, bidirectional and invisible marks, lone surrogates."""


def harmless(text: str) -> str:
    """`text` without what may not be in a cell, keeping its width.

    Forbidden characters are no cells wide but for lone surrogates, which become `?`.
    """
    return FORBIDDEN.sub(lambda match: "?" * max(cell_len(match[0]), 0), text)
