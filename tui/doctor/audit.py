"""Whether the record of what was done is whole, and whether something in it is still open."""

from collections.abc import Iterator

from actions.audit import AuditTrouble, open_intents
from actions.audit_names import head_file
from providers.clock import Clock
from tui.config.model import Config
from tui.doctor.findings import Finding, Mark
from tui.wire_actions import audit

_MOST = 3


def audit_findings(config: Config, clock: Clock) -> Iterator[Finding]:
    """Every entry that was changed, removed, put elsewhere or cut off, and open intents.

    An audit that nobody has written to yet says nothing: no action has been proposed.
    """
    book = audit(config, clock)
    if not book.path.exists() and not head_file(book.path).exists():
        return
    try:
        found = book.verify()
        left = open_intents(book.recent())
    except AuditTrouble as error:
        yield _finding(str(book.path), Mark.FAILED, str(error), f"ls -l {book.path}")
        return
    for one in found.problems[:_MOST]:
        words = f"{one.what}: {one.words}"
        yield _finding(str(book.path), Mark.FAILED, words, "quarterdeck audit verify")
    if found.sound:
        words = "1 entry, whole" if found.entries == 1 else f"{found.entries} entries, whole"
        yield _finding(str(book.path), Mark.OK, words)
    if left:
        words = f"{len(left)} without an outcome, the last {left[-1].title} by {left[-1].who}"
        yield _finding(
            str(book.path), Mark.WARNING, words, "look at its system, and what became of it"
        )


def _finding(subject: str, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(area="audit", subject=subject, mark=mark, words=words, fix=fix)
