"""The floor: a Textual app with one line."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Static


class Blank(App[None]):
    """Shows that it is ready, nothing else."""

    BINDINGS: ClassVar = [("q", "quit", "quit"), ("a", "other", "other")]

    def compose(self) -> ComposeResult:
        yield Static("BENCH READY", markup=False)

    def action_other(self) -> None:
        line = self.query_one(Static)
        line.update("BENCH READY" if "OTHER" in str(line.render()) else "OTHER")


if __name__ == "__main__":
    Blank().run()
