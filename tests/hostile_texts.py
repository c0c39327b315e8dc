"""69 texts that mean harm, the 19 things no byte of them may become, and a secret's many forms."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, quote_plus

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"

TEXTS: Final[Mapping[str, str]] = {
    # Markup of Textual and of Rich.
    "closing tag": "[/red] done",
    "closing anything": "[/]",
    "closing bold": "[/bold] x [/bold]",
    "opening alone": "[bold red]open",
    "shortest that raises": "[/",
    "colour of the theme": "[$error]B[/] [$text-muted]c",
    "click": "[@click=app.quit]QUIT[/]",
    "click on a dialog": "[@click=screen.dismiss(True)]QUIT yes[/]",
    "click on a file": "[@click=app.screenshot('/tmp/x')]QUIT x[/]",
    "click on a key": "[@click=app.simulate_key('q')]QUIT k[/]",
    "link": "[link=http://evil]x[/link]",
    "link without an end": "[link=http://evil",
    "a lock": "([sys:LOCK=SAFE...])",
    "array": "SELECT a[1], b[i] FROM t",
    "escaped brackets": "\\[/red] \\\\[bold]",
    "emoji code": ":skull: :red_heart: [:smile:]",
    "markdown": "# T [x](http://evil) ![i](http://evil/p.png) `c`",
    "many tags": "[/red]" * 20_000,
    "nested": "[" * 300 + "]" * 300,
    # What a terminal acts on.
    "clear": f"{ESC}[2J{ESC}[Hgone",
    "scroll back": f"{ESC}[3J{ESC}c reset",
    "colours": f"{ESC}[31;40mred{ESC}[8mhidden",
    "cursor": f"{ESC}[1;1H{ESC}[10Aup{ESC}[?25l",
    "alternate screen": f"{ESC}[?1049l{ESC}[?1000h",
    "insert": f"{ESC}[4h{ESC}[2L{ESC}[9@",
    "title": f"{ESC}]0;owned{BEL}x",
    "title by ST": f"{ESC}]2;owned{ST}x",
    "clipboard": f"{ESC}]52;c;ZXZpbA=={BEL}x",
    "clipboard by ST": f"{ESC}]52;c;ZXZpbA=={ST}x",
    "notification": f"{ESC}]9;hello{BEL}{ESC}]777;notify;a;b{BEL}",
    "palette": f"{ESC}]4;1;rgb:00/00/00{BEL}{ESC}]104{BEL}",
    "link sequence": f"{ESC}]8;;http://evil{ST}x{ESC}]8;;{ST}",
    "device control": f"{ESC}P$q\"p{ST}{ESC}P+q544e{ST}",
    "sixel": f"{ESC}Pq#0;2;0;0;0~-{ST}",
    "application": f"{ESC}_Gf=24;AAAA{ST}{ESC}^pm{ST}{ESC}Xsos{ST}",
    "asks back": f"{ESC}[6n{ESC}[c{ESC}[?2026$p{ESC}Z",
    "keyboard": f"{ESC}[>1u{ESC}=>{ESC}[200~q\r{ESC}[201~",
    "tmux": f"{ESC}Ptmux;{ESC}{ESC}]52;c;ZXZpbA=={BEL}{ST}",
    "character set": f"{ESC}(0lqk{ESC}(B\x0e\x0f",
    "unfinished": f"{ESC}]0;never ends",
    "escape alone": f"{ESC}",
    "escape at the end": f"abc{ESC}",
    # Control characters.
    "C1 sequence": "\x9b31mred \x9b2J",
    "C1 title": "\x9d0;owned\x9c",
    "C1 strings": "\x90q\x9c \x9fG\x9c \x98s\x9c \x84 \x85",
    "nul": "a\x00b\x00",
    "bell": "\x07" * 50,
    "backspace": "safe\x08\x08\x08\x08evil",
    "return": "good news\rbad ",
    "tabs and feeds": "a\tb\vc\fd",
    "lines": "one\ntwo\r\nthree\n\n\nfour",
    "delete": "a\x7fb",
    "all controls": "".join(map(chr, range(32))),
    # What is not seen, or turns the order round.
    "override": "abc\u202egnp.exe\u202c",
    "embedding": "\u202aa\u202b b\u202d",
    "isolates": "a\u2066b\u2067c\u2068d\u2069",
    "direction marks": "a\u200fb\u200ec\u061cd",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "soft hyphen": "pass\u00adword \u034f\u180e",
    "tags": "x\U000e0001\U000e0041\U000e007f",
    "separators": "a\u2028b\u2029c",
    "blanks": "a\u00a0b\u2003c\u3000d\u1680",
    # What no file or screen takes well.
    "surrogate": "x\ud800y\udfff",
    "private": "\ue000\uf8ff\U000f0000\uffff\ufdd0",
    "marks": "e" + "\u0301" * 200 + "\u20dd" * 20,
    "wide": "漢字👩‍👩‍👧‍👦 한국어 \ufe0f",
    "right to left": "שלום עולם مرحبا",
    "long": "A" * 100_000,
    "no line ends": "'; DROP TABLE orders; -- " * 3_000,
}  # fmt: skip

FORBIDDEN: Final[Mapping[str, str]] = {
    "escape": "\x1b",
    "bell": "\x07",
    "nul": "\x00",
    "backspace": "\x08",
    "carriage return": "\r",
    "shifts": "[\x0e\x0f]",
    "other controls": "[\x01-\x06\x0b\x0c\x10-\x1a\x1c-\x1f]",
    "delete": "\x7f",
    "C1 control sequence": "\x9b",
    "C1 strings": "[\x90\x98\x9d-\x9f]",
    "other C1": "[\x80-\x8f\x91-\x97\x99\x9a\x9c]",
    "embeddings and overrides": "[\u202a-\u202e]",
    "isolates": "[\u2066-\u2069]",
    "direction marks": "[\u200e\u200f\u061c]",
    "zero width": "[\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e]",
    "tags": "[\U000e0000-\U000e007f]",
    "separators of lines": "[\u2028\u2029]",
    "surrogates and private signs": (
        "[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\uffff\U000f0000-\U0010ffff]"
    ),
    "marks on marks": "[\u0300-\u036f\u20d0-\u20ff]{5}",
}
"""Patterns of which none may be found in what is drawn, printed or written down for a person."""

_ANY: Final = re.compile("|".join(FORBIDDEN.values()))


def forbidden(text: str) -> list[str]:
    """The names of the patterns that are in a text."""
    if (text.isascii() and text.isprintable()) or not _ANY.search(text):
        return []
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def forms_of(secret: str) -> tuple[str, ...]:
    """In plain, percent-encoded, as in JSON, in base64 alone and behind a name (P15)."""
    octets = secret.encode()
    return (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(octets).decode(),
        base64.urlsafe_b64encode(b"user:" + octets).decode(),
    )


def traces_of(secret: str) -> set[str]:
    """What would be seen of it, wherever in a longer text it was encoded."""
    octets = secret.encode()
    inside = (
        encode(b"\0" * before + octets).decode().rstrip("=")[4 * (before > 0) : -1]
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
        for before in range(3)
    )
    return {*forms_of(secret)[:5], *inside}
