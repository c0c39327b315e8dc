"""What a person chooses from a list wherever they are; imported with the first such key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.messages import Choice

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp


def choose_workspace(app: CommandedApp) -> None:
    """Choose the product to look at."""
    if app.view is None:
        return
    choices = [
        Choice(key=name, label=each.spec.title, note=each.level.word)
        for name, each in app.view.snapshot.workspaces.items()
    ]

    def enter(name: str | None) -> None:
        if name is not None:
            app.workspace = name
            while len(app.screen_stack) > 1:
                app.pop_screen()
            app.draw()

    app.choose("Workspaces", choices, enter, current=app.workspace)


def choose_theme(app: CommandedApp) -> None:
    """Choose a theme; each is tried on while the cursor is on it."""
    before = app.theme
    choices = [
        Choice(key=name, label=name, note="dark" if theme.dark else "light")
        for name, theme in sorted(
            app.available_themes.items(), key=lambda pair: pair[0] not in app.own_themes
        )
    ]

    def decide(name: str | None) -> None:
        app.theme = name or before

    def try_on(name: str) -> None:
        app.theme = name

    app.choose("Themes", choices, decide, current=before, on_highlight=try_on)


def choose_contact(app: CommandedApp) -> None:
    """Show whom to call, and the dashboards and documents."""
    from tui.dialogs.contacts import contact_choices

    pane = app.view.pane if app.view else None
    if pane is not None:
        title = f"Contacts and links of {pane.spec.title}"
        app.choose(title, contact_choices(pane), app.links.take)


def choose_board(app: CommandedApp) -> None:
    """Choose a board."""
    from tui.boards import board_choices

    def open_board(name: str | None) -> None:
        if name is not None:
            app.action_board(name)

    pane = app.view.pane if app.view else None
    if pane is not None:
        app.choose("Boards", board_choices(pane), open_board)


def choose_source(app: CommandedApp) -> None:
    """List every source with how it is doing; open the one that is chosen."""
    from tui.dialogs.sources import source_choices, source_subject

    def open_source(name: str | None) -> None:
        from tui.screens.source import SourceScreen

        subject = source_subject(app.view, name) if app.view and name else None
        if subject is not None:
            app.push_screen(SourceScreen(subject))

    if app.view is not None:
        app.choose("Sources", source_choices(app.view), open_source)
