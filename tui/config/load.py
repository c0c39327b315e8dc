"""Reading the configuration: the whole file is judged, and every problem is told at once."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path as FilePath
from typing import Final

from msgspec import Struct

from tui.config.compose import Refused, compose
from tui.config.content import LARGEST_BYTES, Content, broken, content
from tui.config.literals import found_in_text, found_in_value
from tui.config.model import Config
from tui.config.nodes import Document, data, texts
from tui.config.problems import (
    MOST,
    START,
    ConfigError,
    Finding,
    Lines,
    Path,
    Place,
    Problem,
    in_order,
    problem,
)
from tui.config.rules import findings
from tui.config.validate import Validated, validate

_ADVICE: Final = "secrets are never written here: declare where it is under secrets, and name it"


class Loaded(Struct, frozen=True, kw_only=True):
    """A sound configuration, and where in its file everything stands."""

    config: Config
    file: str
    """The file's name, for messages."""

    digest: str
    """SHA-256 of its content, in hex."""

    document: Document

    def place(self, *path: str | int, at_key: bool = False) -> Place:
        """Line and column of a setting, or of the nearest thing around it that is there."""
        return self.document.place(path, at_key=at_key)

    def problem(self, path: Path, reason: str, suggestion: str = "") -> Problem:
        """A problem with a setting that shows only later, at its place in the file."""
        found = Finding(path=path, reason=reason, suggestion=suggestion)
        return problem(self.file, self.document.place(path), found)


def load(path: FilePath) -> Config:
    """The configuration in a file.

    Raises:
        ConfigError: The file cannot be read, or anything in it is wrong.
    """
    return read(path).config


def read(path: FilePath) -> Loaded:
    """The configuration in a file, with the place of everything in it.

    Raises:
        ConfigError: The file cannot be read, or anything in it is wrong.
    """
    return judge(content(path), str(path))


def judge(found: Content, file: str) -> Loaded:
    """The configuration in a file that was read, if whoever may write it may run commands.

    Raises:
        ConfigError: Anything in it is wrong, or everybody may write it and it names a command.
    """
    loaded = parse(found.raw, file)
    commands = [name for name, each in loaded.config.secrets.items() if each.command is not None]
    if found.writable_by_all and commands:
        reason = "everybody may write this file, and it names a command to run: chmod o-w it"
        raise ConfigError((loaded.problem(("secrets", commands[0]), reason),))
    return loaded


def check(text: str, path: str) -> tuple[Problem, ...]:
    """All problems of a configuration's text, in the order of the file; empty when it is sound.

    Args:
        text: What stands in the file.
        path: The file's name, for messages.
    """
    try:
        parse(text.encode("utf-8", "surrogatepass"), path)
    except ConfigError as error:
        return error.problems
    return ()


def parse(raw: bytes, file: str) -> Loaded:
    """The configuration in the content of a file called `file`.

    Raises:
        ConfigError: Anything in it is wrong.
    """
    text = _decoded(raw, file)
    lines = Lines(text)
    literals = [(lines.place(offset), words) for offset, words in found_in_text(text)]
    try:
        document = compose(text)
    except Refused as refused:
        secrets = [problem(file, place, _literal((), words)) for place, words in literals]
        fatal = problem(file, refused.place, Finding(path=(), reason=refused.reason))
        raise ConfigError(in_order([*secrets, fatal])) from None
    validated = validate(data(document.root))
    found = list(document.faults)
    blamed = {place for place, _ in found}
    found += _literals(document, literals)
    for each in (*validated.findings, *islice(_rules(validated), MOST + 1)):
        place = document.place(each.path, at_key=each.at_key)
        if place not in blamed:
            found.append((place, each))
    if found or validated.config is None:
        problems = [problem(file, place, each) for place, each in found]
        raise ConfigError(in_order(problems))
    digest = hashlib.sha256(raw).hexdigest()
    return Loaded(config=validated.config, file=file, digest=digest, document=document)


def _rules(validated: Validated) -> Iterator[Finding]:
    """What the rules say of the sound parts, without echoes of what is broken."""
    if validated.config is not None:
        for finding in findings(validated.config):
            if not any(finding.echoes(cut) for cut in validated.cut):
                yield finding


def _literals(
    document: Document, in_text: list[tuple[Place, str]]
) -> Iterator[tuple[Place, Finding]]:
    """Secrets in the file, each with the setting that holds it where there is one."""
    told = {place.line for place, _ in in_text}
    held: dict[int, dict[Place, Path]] = {}
    looked_at: dict[str, str] = {}
    for path, place, text in texts(document.root):
        on_line = held.setdefault(place.line, {})
        if place in on_line:
            continue  # an alias names it again
        on_line[place] = path
        # Most of them stand there often: keys, and words that a setting is one of.
        words = looked_at.get(text)
        if words is None:
            words = looked_at[text] = found_in_value(text)
        if words and place.line not in told:
            yield place, _literal(path, words)
    for place, words in in_text:
        before = [each for each in held.get(place.line, {}) if each <= place]
        yield place, _literal(held[place.line][max(before)] if before else (), words)


def _literal(path: Path, words: str) -> Finding:
    return Finding(path=path, reason=f"looks like {words}; {_ADVICE}")


def _decoded(raw: bytes, file: str) -> str:
    if len(raw) > LARGEST_BYTES:
        raise broken(file, START, f"larger than {LARGEST_BYTES} bytes")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise broken(file, START, "UTF-16: save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        place = Lines(before).place(len(before))
        raise broken(file, place, "not UTF-8 from here on") from None
