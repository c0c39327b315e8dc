"""Whether the audit is whole: what was changed, removed, put elsewhere or cut off. Pure.

| found in the file | said |
| --- | --- |
| a line that is not canonical, or does not hash to its `hash` | changed |
| a number is left out | removed |
| a number that was there already, or one lower than before | reordered |
| the right number, but `prev` is not the hash of the entry before | does not follow |
| a line that is no entry, and no later entry set it aside as torn | changed |
| the end of the file is before what the head says was written | cut |
| the head names a hash that the entry of its number has not | rewritten |
| an entry that was written down elsewhere (an *anchor*) is not there | rewritten |

Who may write to the file and its head can write a whole new chain: only an anchor, a number and a
hash kept out of their reach, finds that.
"""

import hashlib
from collections.abc import Iterable

from msgspec import Struct

from actions.audit_entries import GENESIS, BrokenEntry, parsed


class Head(Struct, frozen=True, kw_only=True):
    """What was last written, kept beside the file."""

    seq: int
    hash: str


class ChainProblem(Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    line: int
    """Line of the file, from 1; 0: the file as a whole."""

    seq: int
    """Number of the entry that was expected there."""

    what: str
    """changed, removed, reordered, does not follow, cut, rewritten, no head."""

    words: str


class Verified(Struct, frozen=True, kw_only=True):
    """What looking at the whole file gave."""

    entries: int
    head: Head | None
    """The last entry of the chain; None when there is none."""

    problems: tuple[ChainProblem, ...]
    torn: int = 0
    """Lines that were set aside properly."""

    unfinished: bool = False
    """The end is half a line: somebody was stopped while writing; the next entry sets it aside."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class _Stray(Struct, frozen=True, kw_only=True):
    """A line that is no entry."""

    line: int
    digest: str
    why: str

    def told(self, seq: int) -> ChainProblem:
        """That it was changed, taken for the entry of this number."""
        words = f"line {self.line}, where #{seq} is expected, {self.why}"
        return ChainProblem(line=self.line, seq=seq, what="changed", words=words)


class _Walk:
    """Goes through the lines and remembers what it saw."""

    def __init__(self) -> None:
        self.seq = 0
        self.prev = GENESIS
        self.entries = 0
        self.torn = 0
        self.hashes: dict[int, str] = {}
        self.problems: list[ChainProblem] = []
        self.strays: list[_Stray] = []
        """Since the last entry."""

        self._gaps: list[tuple[range, ChainProblem]] = []

    def take(self, number: int, line: bytes) -> None:
        """The next line."""
        try:
            fields = parsed(line)
        except BrokenEntry as error:
            digest = hashlib.sha256(line).hexdigest()
            self.strays.append(_Stray(line=number, digest=digest, why=str(error)))
            return
        seq, own = fields["seq"], fields["hash"]
        if not isinstance(seq, int) or not isinstance(own, str):
            raise TypeError("parsed fields have a place")
        changed = self._settle(fields.get("torn"))
        self._follow(number, seq, fields["prev"], changed)
        self.entries += 1
        self.hashes.setdefault(seq, own)
        if seq > self.seq:
            self.seq, self.prev = seq, own

    def found(self) -> list[ChainProblem]:
        """What is wrong, in the order of the file; what is only elsewhere is not missing."""
        missing = [one for gap, one in self._gaps if not all(seq in self.hashes for seq in gap)]
        return sorted(self.problems + missing, key=lambda each: each.line)

    def _settle(self, torn: object) -> int:
        """Forgive the lines that this entry sets aside; how many others there are."""
        named = torn if isinstance(torn, list) else []
        left = [one for one in self.strays if one.digest not in named]
        self.torn += len(self.strays) - len(left)
        self.problems += [one.told(self.seq + 1 + step) for step, one in enumerate(left)]
        self.strays = []
        return len(left)

    def _follow(self, number: int, seq: int, prev: object, changed: int) -> None:
        """Whether an entry is in its place; a changed line before it keeps that line's place."""
        expected = self.seq + 1 + changed
        if seq > expected:
            last = f" to #{seq - 1}" if seq - 1 > expected else ""
            words = f"#{expected}{last} missing before #{seq}"
            gap = ChainProblem(line=number, seq=expected, what="removed", words=words)
            self._gaps.append((range(expected, seq), gap))
        elif seq <= self.seq:
            self._tell(number, seq, "reordered", f"#{seq} stands after #{self.seq}")
        elif not changed and prev != self.prev:
            self._tell(number, seq, "does not follow", f"#{seq} does not follow #{self.seq}")

    def _tell(self, number: int, seq: int, what: str, words: str) -> None:
        self.problems.append(ChainProblem(line=number, seq=seq, what=what, words=words))


def verified(
    lines: Iterable[bytes], head: Head | None, anchor: Head | None = None, *, unfinished: bool
) -> Verified:
    """Go through a whole file.

    Args:
        lines: Its complete lines, without newlines.
        head: What the head file says; None: there is none.
        anchor: A number and its hash, known from elsewhere.
        unfinished: Whether half a line is left at the end.
    """
    walk = _Walk()
    for number, line in enumerate(lines, 1):
        walk.take(number, line)
    found = walk.found() + _end(walk, head)
    if anchor is not None and walk.hashes.get(anchor.seq) != anchor.hash:
        words = f"#{anchor.seq} is not what was written down elsewhere"
        found.append(ChainProblem(line=0, seq=anchor.seq, what="rewritten", words=words))
    return Verified(
        entries=walk.entries,
        head=Head(seq=walk.seq, hash=walk.prev) if walk.entries else None,
        problems=tuple(found),
        torn=walk.torn,
        unfinished=unfinished or bool(walk.strays),
    )


def _end(walk: _Walk, head: Head | None) -> list[ChainProblem]:
    """How the end of the file stands to the head.

    Lines at the end that are no entries were never finished, unless the head says that they were.
    """
    if head is None:
        # The first entry is on the disk a moment before the first head.
        if walk.seq <= 1:
            return []
        words = "the file beside it that says where it ends (.head) is missing or can not be read"
        return [ChainProblem(line=0, seq=walk.seq, what="no head", words=words)]
    if head.seq > walk.seq:
        changed = walk.strays[: head.seq - walk.seq]
        found = [one.told(walk.seq + 1 + step) for step, one in enumerate(changed)]
        if head.seq > walk.seq + len(changed):
            words = f"ends with #{walk.seq + len(changed)}, and #{head.seq} had been written"
            found.append(ChainProblem(line=0, seq=head.seq, what="cut", words=words))
        return found
    if walk.hashes.get(head.seq, head.hash) != head.hash:
        words = f"#{head.seq} is not the entry that was written"
        return [ChainProblem(line=0, seq=head.seq, what="rewritten", words=words)]
    return []
