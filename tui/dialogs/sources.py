"""Every source of the workspace in view, with how it is doing."""

from collections import Counter

from monitor.snapshot import SourceView
from monitor.states import Freshness
from monitor.words import duration_words
from tui.messages import Choice
from tui.screens.layout import PaneId
from tui.screens.subjects import Subject, subject_of
from tui.view import View


def source_choices(view: View) -> tuple[Choice, ...]:
    """The sources: those in trouble first, then by title."""
    mine = [
        each for each in view.snapshot.sources.values() if each.spec.workspace == view.workspace
    ]
    mine.sort(key=lambda each: (each.freshness is Freshness.LIVE and not each.failure,
                                each.spec.title, each.spec.environment))  # fmt: skip
    names = Counter(_name(each) for each in mine)
    return tuple(
        Choice(
            key=str(each.spec.id),
            label=_name(each) + (f"  {each.spec.kind.value}" if names[_name(each)] > 1 else ""),
            note=_state(each, view),
        )
        for each in mine
    )


def _name(source: SourceView) -> str:
    return f"{source.spec.title}  {source.spec.environment}".rstrip()


def _state(source: SourceView, view: View) -> str:
    if source.failure is not None:
        since = source.failing_since
        lasted = f" for {duration_words(since.age_s(view.now))}" if since else ""
        return f"{source.failure.trouble.value}{lasted}"
    return source.freshness.value


def source_subject(view: View, name: str) -> Subject | None:
    """What the details of a source are about: its status page, or the source itself."""
    source = next(
        (each for each in view.snapshot.sources.values() if str(each.spec.id) == name), None
    )
    if source is None:
        return None
    page = subject_of(view.pane, PaneId.VENDORS, name) if view.pane else None
    return page or Subject(
        pane=PaneId.VENDORS,
        key=name,
        title=source.spec.title,
        thing=source,
        sources=(source.spec.id,),
    )
