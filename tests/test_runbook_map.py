"""docs/runbook-map.md: each row of the runbooks that asks to be seen has its place, once."""

import re
from pathlib import Path

import pytest

from tui.boards import BOARDS
from tui.config.load import parse

MAP = Path(__file__).parent.parent / "docs" / "runbook-map.md"


def numbered(book: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{book}{number:03}" for number in range(first, last + 1))


SECTIONS = {
    "A: overview, contacts, systems": numbered("A", 1, 15),
    "A: daily checks": numbered("A", 16, 26),
    "A: weekly maintenance": (
        *numbered("A", 27, 39),
        *(f"A039-{each}" for each in ("TLS", "ENV", "THU", "BKP", "VFY", "RST")),
        *(f"A039-{each}" for each in ("FRI", "THR", "ROT", "DSH", "NTF")),
    ),
    "A: KPIs and alerts": (*numbered("A", 40, 51), *numbered("A", 60, 77)),
    "A: monitoring, users, events, configuration": (
        *numbered("A", 80, 88),
        *numbered("A", 90, 99),
    ),
    "A: severities": numbered("A", 120, 123),
    "B: services, endpoints, health": numbered("B", 1, 10),
    "B: severities": numbered("B", 30, 33),
}
"""Sections of which every row must stand in the map."""


def rows() -> list[list[str]]:
    lines = (line for line in MAP.read_text("utf-8").splitlines() if re.match(r"\| [AB]\d", line))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_of_a_section_has_a_place(section: str) -> None:
    places = {cells[0]: cells[2] for cells in rows()}
    assert [row for row in SECTIONS[section] if not places.get(row)] == []


def test_a_row_stands_once_in_order_and_whole() -> None:
    found = [cells[0] for cells in rows()]
    assert found == sorted(set(found))
    assert [cells[0] for cells in rows() if len(cells) != 4 or not all(cells)] == []


def test_kpis_that_the_map_names_are_in_the_example() -> None:
    path = MAP.parent.parent / "config.example.yaml"
    spaces = parse(path.read_bytes(), path.name).config.workspaces
    for cells in rows():
        kpis = spaces[{"A": "localloop", "B": "lma"}[cells[0][0]]].kpis
        named = re.findall(r"KPIs? `([\w-]+)`(?:, `([\w-]+)`)?", cells[2])
        names = {name for pair in named for name in pair if name} - {"render-memory"}
        assert names <= set(kpis), cells[0]


def test_boards_that_the_map_names_are_there() -> None:
    named = {name for cells in rows() for name in re.findall(r"([\w-]+) board\b", cells[2])}
    titles = " ".join(board.title.lower() for board in BOARDS) + " logs"
    assert {name for name in named if name not in titles} == set()
