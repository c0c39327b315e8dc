"""The columns of "what changed". Pure."""

from monitor.changes import Change
from monitor.words import clock_words, short_duration
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone, said
from widgets.columns import Column
from widgets.fields import Field
from widgets.tiers import Tier
from widgets.tones import level_tone, text_tone

ChangeField = Field[Change]


def change_fields(look: Look) -> tuple[ChangeField, ...]:
    """Time, kind, where and what; narrow terminals leave the state out."""

    def ago(change: Change) -> Cell:
        return Cell(short_duration((look.now.at - change.at).total_seconds()), Tone.MUTED)

    def sign(change: Change) -> Cell:
        return Cell(look.glyphs.level(change.level), level_tone(change.level))

    def text(change: Change) -> Line:
        return (said(change.text, text_tone(level_tone(change.level))),)

    wide = look.tier >= Tier.WIDE
    fields: tuple[ChangeField, ...] = (
        Field(
            column=Column(key="at", width=9, title="AT"),
            draw=lambda change: Cell(clock_words(change.at, look.zone)),
            rank=lambda change: -change.at.timestamp(),
        ),
        Field(column=Column(key="ago", width=4, title="AGO", align="right"), draw=ago),
        Field(column=Column(key="mark", width=1), draw=sign),
        Field(
            column=Column(key="what", width=34 if wide else 22, title="KIND"),
            draw=lambda change: Cell(change.what, Tone.ACCENT),
        ),
        Field(
            column=Column(key="where", width=10, title="WHERE"),
            draw=lambda change: Cell(change.environment, Tone.MUTED),
        ),
        Field(column=Column(key="text", width=30, title="WHAT", grows=True), draw=text),
        Field(column=Column(key="state", width=27 if wide else 20, title="STATE"), draw=_state),
    )
    narrow = {"at", "mark", "what", "text"}
    return tuple(field for field in fields if look.tier > Tier.NARROW or field.column.key in narrow)


def _state(change: Change) -> Cell:
    return said(change.state, Tone.MUTED)
