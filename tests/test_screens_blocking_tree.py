"""The blocking tree of the query page: every session once, with lines that lead to it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.snapshot import DatabaseView
from monitor.verdicts import Level
from tests.examples import examples
from tests.values_database import database, session
from tui.screens.query_page import tree_lines
from widgets.glyphs import UNICODE


def chain(*links: tuple[int, tuple[int, ...]]) -> DatabaseView:
    """A database whose sessions wait as given: pid and the pids it waits for."""
    return database(
        [
            (session(pid, "api", "UPDATE t SET a = 1", 60, blocked_by=blockers), Level.OK, 0, 0)
            for pid, blockers in links
        ]
    )


def drawn(view: DatabaseView) -> list[str]:
    lines = tree_lines(view, view.rows[0], UNICODE)
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def test_siblings_are_joined_by_a_line_and_the_last_one_ends_it() -> None:
    lines = drawn(chain((1, ()), (2, (1,)), (3, (2,)), (4, (3,)), (5, (2,)), (6, (1,))))
    stems = [line[: line.index("api")].rstrip(" ·●") for line in lines if "api" in line]
    assert stems == [
        "● 1",
        "├─ · 2",
        "│  ├─ · 3",
        "│  │  └─ · 4",
        "│  └─ · 5",
        "└─ · 6",
    ]


def test_who_waits_for_two_stands_once_under_the_nearer_to_the_root() -> None:
    lines = drawn(chain((1, ()), (2, (1,)), (3, (2, 1))))
    assert [line for line in lines if "· 3" in line] == [
        line for line in lines if line.startswith("└─ · 3")
    ]
    assert sum("waits for 2, 1" in line for line in lines) == 1


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3).map(tuple)),
        min_size=1,
        max_size=7,
        unique_by=lambda link: link[0],
    )
)
def test_rings_and_unknown_blockers_never_repeat_a_session(
    links: list[tuple[int, tuple[int, ...]]],
) -> None:
    text = drawn(chain(*links))
    for pid, _ in links:
        assert sum(f" {pid}  api" in f" {line}" for line in text) <= 1
