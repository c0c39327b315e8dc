"""Themes: complete, legible, and wrong ones refused to the line."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.css.errors import UnresolvedVariableError
from textual.css.model import RuleSet
from textual.theme import BUILTIN_THEMES, Theme

from tests.widget_host import Host, strips
from themes import loader
from themes.loader import COLOURS, ThemeError, ThemeSpec, load_themes, parse_theme
from themes.plain import plain_theme
from themes.yaml_reader import yaml_theme
from tui.terminal_styles import RememberingStyles
from widgets.cells import Cell, Tone
from widgets.one_line import OneLine
from widgets.paint import palette_of
from widgets.theming import colours_of, own_variables, textual_theme

OWN = load_themes().specs
BLENDED = [spec for spec in OWN if not spec.ansi]
WRITTEN = ("foreground", "title", "accent", "ok", "warning", "critical", "unknown")


def luminance(colour: Color) -> float:
    """Relative luminance by WCAG 2."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (light + 0.05) / (dark + 0.05)


def test_there_are_five_themes_of_our_own() -> None:
    assert {spec.name for spec in OWN} == {
        "quarterdeck", "quarterdeck-light", "colour-blind", "high-contrast", "ansi",
    }  # fmt: skip


@pytest.mark.parametrize("spec", BLENDED, ids=lambda spec: spec.name)
@pytest.mark.parametrize("name", WRITTEN)
def test_text_is_legible_on_the_wall(spec: ThemeSpec, name: str) -> None:
    assert contrast(spec.colours[name], spec.colours["background"]) >= 4.5


@pytest.mark.parametrize("spec", BLENDED, ids=lambda spec: spec.name)
def test_muted_text_and_the_cursor_line_stay_readable(spec: ThemeSpec) -> None:
    assert contrast(spec.colours["muted"], spec.colours["background"]) >= 3
    assert contrast(spec.colours["foreground"], spec.colours["cursor"]) >= 4.5
    assert contrast(spec.colours["muted"], spec.colours["cursor"]) >= 3
    for tone in ("warning", "critical"):
        assert contrast(spec.colours[tone], spec.colours["cursor"]) >= 3


@pytest.mark.parametrize("spec", BLENDED, ids=lambda spec: spec.name)
def test_words_on_a_filled_badge_are_legible(spec: ThemeSpec) -> None:
    for tone in ("warning", "critical", "accent"):
        assert contrast(spec.colours["background"], spec.colours[tone]) >= 4.5


def test_states_of_the_colour_blind_theme_differ_in_brightness_too() -> None:
    (spec,) = (spec for spec in OWN if spec.name == "colour-blind")
    tones = [spec.colours[name] for name in ("warning", "critical")]
    assert contrast(*tones) >= 1.5


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_textuals_own_themes_give_every_colour(theme: Theme) -> None:
    colours = colours_of(theme)
    assert set(colours) == set(COLOURS)
    for colour in colours.values():
        Color.parse(colour)


def test_variables_for_style_sheets_are_the_themes_own() -> None:
    spec = OWN[0]
    assert own_variables(textual_theme(spec))["qd-ok"] == spec.colours["ok"]


GOOD = "name: mine\ndark: true\ncolours:\n" + "".join(f'  {name}: "#102030"\n' for name in COLOURS)


def problems_of(text: str) -> list[str]:
    with pytest.raises(ThemeError) as caught:
        parse_theme(text, Path("mine.yaml"))
    return [str(problem) for problem in caught.value.problems]


def test_a_theme_of_the_users_is_read() -> None:
    spec = parse_theme(GOOD, Path("mine.yaml"))
    assert (spec.name, spec.title, spec.dark, spec.ansi) == ("mine", "mine", True, False)
    assert spec.colours["ok"] == "#102030"


OWN_FILES = sorted(Path(loader.__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_our_themes_are_read_without_yaml_and_say_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert plain_theme(text) == yaml_theme(text, path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: mine", "name: mine"),
        ("name: mine", "name: 'mine'"),
        ("name: mine", "name: mine # comment"),
        ("name: mine", "# comment\n\nname: mine"),
        ("name: mine", "name: mine\ntitle: My own - theme"),
        ("name: mine", 'name: mine\ntitle: "My own: theme # 1"'),
        ("name: mine", 'name: mine\ntitle: "\\x41"'),
        ("name: mine", 'name: mine\ntitle: ""'),
        ("name: mine", "name: mine\ntitle:"),
        ("name: mine", "---\nname: mine"),
        ("dark: true", "dark:"),
        ("dark: true", 'dark: "true"'),
        ("dark: true", "dark: true\ndark: false"),
        ("dark: true", "dark: true\n  ok: 1"),
        ("colours:", 'colours: ""'),
        ("colours:", "colours: word"),
        ("colours:", "colours:\n  # comment"),
        ("colours:", "colours: &a"),
        ("  ok:", "   ok:"),
        ("  ok:", "ok:"),
        ("  ok:", "\tok:"),
        ("  ok:", "  ok :"),
        ("#102030", "#10203"),
        ("#102030", "\x07"),
    ],
)
def test_without_yaml_nothing_is_read_in_another_sense(old: str, new: str) -> None:
    text = GOOD.replace(old, new, 1)
    plain = plain_theme(text)
    try:
        strict = yaml_theme(text, Path("mine.yaml"))
    except ThemeError:
        assert plain is None
    else:
        assert plain is None or plain == strict


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colours: [", "mine.yaml:1:11: not YAML"),
        ("- a", "mine.yaml:1:1: a theme is a mapping of names to values"),
        (GOOD.replace("muted:", "mutde:"), "mine.yaml:9:3: 'mutde' is no setting of colours; "
         "did you mean 'muted'?"),
        (GOOD.replace("  ok:", "  muted:"), "'muted' stands here twice"),
        (GOOD.replace('ok: "#102030"', "ok: teal"), "ok: 'teal' is no colour; write it as"),
        (GOOD.replace('ok: "#102030"', "ok: [1]"), "ok: '' is no colour"),
        (GOOD.replace("dark: true", "dark: maybe"), "mine.yaml:2:7: 'maybe' is neither true"),
        (GOOD.replace("mine", "My Theme"), "name: small letters, digits and dashes"),
        (GOOD.replace("dark: true", "ansi: true"), "none of the terminal's own"),
        ("name: mine", "colours: 'background' is missing"),
        ("a: &a [*a]", "is no setting of a theme"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(text))


def test_all_problems_are_told_at_once() -> None:
    assert len(problems_of(GOOD.replace("ok:", "okay:").replace("dark: true", "dark: no"))) == 3


def test_a_broken_theme_of_the_users_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "broken.yaml").write_text("name: [")
    (tmp_path / "latin.yaml").write_bytes(b"name: \xff\xfe")
    (tmp_path / "huge.yaml").write_text("#" * 70_000)
    themes = load_themes(tmp_path)
    assert "mine" in {spec.name for spec in themes.specs}
    assert len(themes.problems) == 3
    assert len(themes.specs) == len(OWN) + 1


def test_no_folder_holds_no_themes(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "missing").specs == OWN


async def test_ansi_themes_use_the_terminals_colours_and_dim() -> None:
    line = OneLine()
    app = Host(line)
    app.theme = "ansi"
    async with app.run_test(size=(20, 3)) as pilot:
        line.set_line((Cell("dim", Tone.MUTED), Cell("bad", Tone.CRITICAL)))
        await pilot.pause()
        dim, bad = [segment.style for segment in strips(line)[0]][:2]
    assert dim is not None
    assert bad is not None
    assert (dim.dim, dim.color and dim.color.is_default) == (True, True)
    assert (bad.dim, bad.color and bad.color.name) == (False, "color(1)")


async def test_old_data_is_never_green_and_its_alarms_are_faint() -> None:
    app = Host()
    async with app.run_test():
        palette = palette_of(app)
        ok, bad = Cell("●", Tone.OK), Cell("■", Tone.CRITICAL)
        assert palette.style(ok, faded=True).color == palette.style(Cell("", Tone.MUTED)).color
        assert palette.style(bad, faded=True).color != palette.style(bad).color


async def test_without_colour_alarms_are_as_bright_as_titles() -> None:
    app = Host()
    app.no_color = True
    async with app.run_test():
        palette = palette_of(app)
        assert palette.colours[Tone.CRITICAL] == palette.colours[Tone.TITLE]
        assert palette.colours[Tone.OK] == palette.colours[Tone.NORMAL]


async def test_a_palette_is_made_once_for_a_theme() -> None:
    app = Host()
    async with app.run_test():
        assert palette_of(app) is palette_of(app)


def test_what_was_read_under_the_last_two_themes_is_not_read_again() -> None:
    sheet = RememberingStyles(variables={"shade": "red"})
    sheet.add_source("Label { color: $shade; }")
    (red,) = sheet.rules

    def under(shade: str) -> RuleSet:
        sheet.set_variables({"shade": shade})
        sheet.reparse()
        (rule,) = sheet.rules
        assert rule.styles.color == Color.parse(shade)
        return rule

    assert under("blue") is not red
    assert under("red") is red
    under("blue")
    under("green")
    assert under("red") is not red


def test_a_theme_without_a_colour_that_is_named_changes_nothing() -> None:
    sheet = RememberingStyles(variables={"shade": "red"})
    sheet.add_source("Label { color: $shade; }")
    rules = sheet.rules

    sheet.set_variables({"another": "blue"})
    with pytest.raises(UnresolvedVariableError):
        sheet.reparse()

    assert sheet.rules == rules
