"""What YAML can do to a reader, and ours does not let it."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.config_texts import SMALL, config, problems, small
from tests.examples import examples
from tui.config.content import LARGEST_BYTES
from tui.config.load import parse
from tui.config.problems import ConfigError

LETTERS = tuple(zip("abcdefghijk", "bcdefghijkl", strict=True))
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in LETTERS
)
MERGES = "a: &a {k: 1}\n" + "".join(
    f"{name}: &{name} {{<<: [{repeated}], k{name}: [{repeated}]}}\n"
    for repeated, name in ((",".join([f"*{before}"] * 9), name) for before, name in LETTERS)
)
STAIRS = "a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n" + "".join(
    f"a{n}: &a{n} [[[[[[[[[[*a{n - 1}]]]]]]]]]]\n" for n in range(1, 200)
)


def test_the_small_configuration_is_sound() -> None:
    assert problems(SMALL) == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "f:1:1: the file is empty"),
        (b"# only words\n", "f:1:1: the file is empty"),
        (b"- 1\n", "f:1:1: a mapping is expected, not a list"),
        (b"hello\n", "f:1:1: a mapping is expected, not a text"),
        (b"version: 1\n---\nversion: 1\n", "f:2:1: a second document"),
        (b"version: [\n", "f:2:1: not YAML"),
        (b"version:\n\t- 1\n", "f:2:1: a tab"),
        (b"version: \0", "f:1:10: the character U+0000 is not allowed"),
        (b"a: b\nc: \xff\n", "f:2:4: not UTF-8 from here on"),
        ("version: 1".encode("utf-16"), "f:1:1: UTF-16: save it as UTF-8"),
        ("# \u202e turned\n".encode(), "f:1:3: the character U+202E is not allowed"),
        (b"? [a]\n: b\n", "a key is one word"),
        (b"a: &a x\n*a : y\n", "f:2:1: a key is one word"),
        (b"a: *nobody\n", "f:1:4: no anchor of this name"),
        (b"a: &a [*a]\n", "f:1:8: an alias inside of what it repeats"),
        (b"a: &a\n  <<: *a\n", "f:2:7: an alias inside of what it repeats"),
        (b"[" * 100_000, "nested deeper than 24 levels"),
        (b"- " * 100_000, "nested deeper than 24 levels"),
        (b"{a: " * 50_000, "nested deeper than 24 levels"),
        (STAIRS.encode(), "f:3:19: nested deeper than 24 levels"),
        (LAUGHS.encode(), "more than 50000 values"),
        (MERGES.encode(), "more than 50000 values"),
        (b"a: b\n" * 300_000, f"larger than {LARGEST_BYTES} bytes"),
    ],
    ids=range(23),
)
def test_what_is_no_configuration_is_said_with_its_place(raw: bytes, words: str) -> None:
    began = time.thread_time()
    with pytest.raises(ConfigError) as refused:
        parse(raw, "f")
    assert time.thread_time() - began < 3
    assert words in str(refused.value)


@pytest.mark.parametrize("word", ["yes", "NO", "on", "Off", "True", "FALSE", "NULL"])
def test_words_that_readers_disagree_on_are_refused(word: str) -> None:
    (found,) = problems(small("title: Shop\n", f"title: {word}\n"))
    assert found.startswith("11:12: workspaces.shop.title: ")
    assert "quote it" in found
    assert problems(small("title: Shop\n", f'title: "{word}"\n')) == []


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("012", "octal"),
        ("0x1F", "decimal"),
        ("0o17", "decimal"),
        ("1:30", "base 60"),
        ("1_000", "drop the _"),
        ("2025-01-31", "a date"),
        ("2025-99-99 10:00:00", "a date"),
        (".inf", "finite"),
        (".NaN", "finite"),
        ("1e999", "finite"),
        ("9" * 19, "too many digits"),
        ("!!python/object/apply:os.system [id]", "tags"),
        ("!!str 5", "tags"),
        ('"\\e[31m"', "U+001B"),
        ('"\\u202e"', "U+202E"),
        ('"\\u200b"', "U+200B"),
        ('"\\0"', "U+0000"),
        ("x" * 9000, "longer than 8192"),
    ],
)
def test_values_that_are_not_what_they_seem_are_refused(word: str, words: str) -> None:
    found = problems(small("title: Shop\n", f"title: {word}\n"))
    assert len(found) == 1
    assert found[0].startswith("11:12: workspaces.shop.title: ")
    assert words in found[0]


@pytest.mark.parametrize("key", ["on", "5", "1:30", "2025-01-31", "null"])
def test_keys_are_texts(key: str) -> None:
    found = problems(small("      staging: {label: STG}\n", f"      {key}: {{label: STG}}\n"))
    assert found[0].startswith("15:7: ")
    assert "quote" in found[0]


def test_of_two_equal_keys_the_second_is_told_with_the_first() -> None:
    found = problems(small("    title: Shop\n", "    title: Shop\n    title: Other\n"))
    assert found == ["12:5: workspaces.shop.title: stands twice, first on line 11"]


def test_an_alias_repeats_and_a_merge_fills_in() -> None:
    text = small(
        "            metrics: [{name: errors, path: errors.total}]\n",
        "            metrics: &metrics [{name: errors, path: errors.total}]\n"
        "          other: &other {path: /other, every: 30s, metrics: *metrics}\n"
        "          third:\n"
        "            <<: *other\n"
        "            path: /third\n",
    )
    checks = config(text).workspaces["shop"].services["api"].checks
    assert checks["third"].path == "/third"
    assert checks["third"].every_s == 30
    assert checks["third"].metrics == checks["health"].metrics


def test_a_problem_in_a_repeated_part_is_told_where_it_is_written() -> None:
    text = small(
        "      staging: {label: STG}\n",
        "      staging: &stg {label: STG, prodution: true}\n      other: *stg\n",
    )
    assert [line.partition(": ")[0] for line in problems(text)] == ["15:34", "15:34"]


def test_a_byte_order_mark_moves_nothing() -> None:
    marked = parse("\ufeffversion: 1\n".encode() + SMALL.removeprefix("version: 1\n").encode(), "f")
    assert marked.place("workspaces", "shop", "title").line == 11


@given(st.binary(max_size=400))
@settings(max_examples=examples(300))
def test_any_bytes_give_a_configuration_or_problems(raw: bytes) -> None:
    _judged(raw)


@given(
    st.text(
        alphabet=st.sampled_from("ab:-?&*!|>'\"%@`#,{}[]<= \n\t0179._~\u202e\ud800é"), max_size=120
    )
)
@settings(max_examples=examples(400))
def test_any_yaml_like_text_gives_a_configuration_or_problems(text: str) -> None:
    _judged(text.encode("utf-8", "surrogatepass"))


@given(
    st.integers(min_value=0, max_value=len(SMALL)),
    st.integers(min_value=0, max_value=40),
    st.text(alphabet=st.sampled_from("ab:-?&*!|>'\"#,{}[]<= \n\t019~"), max_size=12),
)
@settings(max_examples=examples(400))
def test_any_edit_gives_a_configuration_or_problems(at: int, cut: int, put: str) -> None:
    _judged((SMALL[:at] + put + SMALL[at + cut :]).encode())


def _judged(raw: bytes) -> None:
    with contextlib.suppress(ConfigError):
        parse(raw, "f")
        return
    with pytest.raises(ConfigError) as refused:
        parse(raw, "f")
    found = refused.value.problems
    assert found
    for problem in found:
        assert problem.reason
        assert problem.line >= 1
        assert problem.column >= 1
        assert str(problem).isprintable()
