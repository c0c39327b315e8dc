"""Runs with and without the specification files: the suite says plainly which of the two it is."""

from pathlib import Path

import pytest

from tests.contract.presence import APART, FOLDER_VARIABLE, VENDORS, folder, presence

pytestmark = pytest.mark.contract


def test_names_the_files_it_lacks_and_how_to_point_at_them(tmp_path: Path) -> None:
    (tmp_path / "vercel.json").write_text("{}")

    said = presence(tmp_path)

    assert "NOT RUN" in said
    assert "render.json, github.json, statuspage.json" in said
    assert "vercel.json" not in said
    assert FOLDER_VARIABLE in said
    assert str(tmp_path) in said


def test_says_where_the_files_were_found(tmp_path: Path) -> None:
    for vendor in (*VENDORS, *APART):
        (tmp_path / f"{vendor}.json").write_text("{}")

    assert presence(tmp_path).endswith(f"specifications in {tmp_path}")


def test_looks_in_the_named_folder_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    assert folder() == tmp_path


def test_looks_beside_the_project_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)

    assert folder().parts[-2:] == ("shared", "specs")
