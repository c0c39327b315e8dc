"""The short way in reads a command line as click does, or leaves it alone."""

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tui.cli import quarterdeck
from tui.options import Options
from tui.plain_line import FLAGS, VALUES, plain_options

CALM = settings(max_examples=examples(200))
"""A busy machine is no failure."""

_OTHERS = {"--demo", "--version", "--help", "-h"}
"""They do something else than open the wall."""

_WORDS = st.sampled_from(
    [*FLAGS, *VALUES, *_OTHERS, "status", "--", "-", "", "x", "./a b.yaml", "--config=x", "--conf"]
)


def by_click(arguments: list[str]) -> Options | None:
    """What click makes of it; None for a wrong line, a command, and what does not open the wall."""
    try:
        context = quarterdeck.make_context("quarterdeck", list(arguments))
    except (click.ClickException, click.exceptions.Exit):
        return None
    with context:
        return None if context.args else Options.of(context.params)


def test_every_option_is_known_or_left_to_click() -> None:
    declared = {
        name
        for parameter in quarterdeck.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }
    assert declared == {*FLAGS, *VALUES, "--demo", "--version"}


@pytest.mark.parametrize("flag", FLAGS)
def test_flags_are_read_as_click_reads_them(flag: str) -> None:
    read = plain_options([flag], {})
    assert read is not None
    assert read == by_click([flag])


@pytest.mark.parametrize("option", VALUES)
def test_values_are_read_as_click_reads_them(option: str) -> None:
    read = plain_options([option, "some/where.x"], {})
    assert read is not None
    assert read == by_click([option, "some/where.x"])


@CALM
@given(st.lists(_WORDS, max_size=6))
def test_no_line_is_read_in_another_sense(arguments: list[str]) -> None:
    read = plain_options(arguments, {})
    assert read is None or read == by_click(arguments)


def test_no_option_at_all_opens_the_wall() -> None:
    assert plain_options([], {}) == Options()


def test_completion_is_left_to_click() -> None:
    assert plain_options([], {"_QUARTERDECK_COMPLETE": "bash_complete"}) is None
