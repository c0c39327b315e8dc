"""A secret cannot be printed, and is taken out of every text it got into."""

import base64
import copy
import json
import logging
import pickle
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.secret_value import Redactor
from providers.secrets import Secret, redact

PHRASE = 'correct/horse+battery=ståple "quoted" \\ end'
SECRETS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="•"), min_size=6, max_size=40
).filter(lambda text: len(text.strip()) >= 6 and not text.startswith("-----"))
AROUND = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="•"), max_size=30)


def test_nothing_but_reveal_shows_it() -> None:
    secret = Secret("correct-horse-battery")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>40}", "%s" % secret, f"{[secret]}"]  # noqa: UP031
    assert set(shown) == {"Secret(…)", "[Secret(…)]"}
    assert secret.reveal() == "correct-horse-battery"
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy, hash, json.dumps])
def test_it_is_not_copied_pickled_hashed_or_dumped(way: object) -> None:
    assert callable(way)
    with pytest.raises(TypeError):
        way(Secret("correct-horse-battery"))


def test_it_does_not_change() -> None:
    secret = Secret("correct-horse-battery")
    with pytest.raises(AttributeError):
        setattr(secret, "_value", "other")  # noqa: B010 - mypy would not let it pass
    with pytest.raises(AttributeError):
        delattr(secret, "_value")


def test_it_equals_itself_and_no_text() -> None:
    assert Secret("correct-horse") == Secret("correct-horse")
    assert Secret("correct-horse") != Secret("wrong-horse")
    assert Secret("correct-horse") != "correct-horse"
    assert Secret("\ud800 lone") == Secret("\ud800 lone")


def test_it_is_in_no_traceback_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret("correct-horse-battery")
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("looked up %s and %r", secret, secret)
    told = traceback.TracebackException.from_exception(ValueError(secret), capture_locals=True)
    assert "horse" not in caplog.text + "".join(told.format())


@pytest.mark.parametrize(
    "form",
    [
        PHRASE,
        quote(PHRASE),
        quote(PHRASE, safe=""),
        quote_plus(PHRASE),
        quote(PHRASE, safe="").lower().replace("%c3%a5", "%c3%a5"),
        json.dumps(PHRASE),
        json.dumps(PHRASE, ensure_ascii=False),
        repr(PHRASE),
        base64.b64encode(PHRASE.encode()).decode(),
        base64.urlsafe_b64encode(PHRASE.encode()).decode(),
        base64.b64encode(f"user:{PHRASE}".encode()).decode(),
        base64.b64encode(f"someone:{PHRASE}@host".encode()).decode(),
        base64.b64encode(f"me:{PHRASE}".encode()).decode(),
        "".join(f"%{octet:02X}" for octet in PHRASE.encode()),
    ],
)
def test_every_form_of_it_is_taken_out(form: str) -> None:
    Secret(PHRASE)
    told = redact(f"before {form} after")
    assert told.startswith("before ")
    assert told.endswith(" after")
    assert "•••" in told
    for piece in ("horse", "battery", "aG9yc2", "hvcnNl", "ob3JzZ", "%68%6F"):
        assert piece not in told


# Below, redactors of their own: what the process once knows, it looks for in every later test.
@given(SECRETS, AROUND, AROUND)
def test_no_known_secret_is_left_in_any_form(value: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.learn(value)
    octets = value.encode()
    forms = (
        value,
        quote(value, safe=""),
        json.dumps(value)[1:-1],
        base64.b64encode(octets).decode(),
    )
    for form in forms:
        assert form not in redactor.redact(before + form + after)


@given(SECRETS, st.binary(max_size=8), st.binary(max_size=8))
def test_nothing_long_of_it_is_left_inside_of_longer_base64(
    value: str, before: bytes, after: bytes
) -> None:
    redactor = Redactor()
    redactor.learn(value)
    whole = base64.b64encode(before + value.encode() + after).decode()
    assert "•••" in redactor.redact(whole)


@given(st.lists(SECRETS, min_size=2, max_size=4))
def test_secrets_that_overlap_leave_no_piece(values: list[str]) -> None:
    redactor = Redactor()
    for value in values:
        redactor.learn(value)
    told = redactor.redact("".join(values))
    assert not any(value in told for value in values)


def test_overlapping_secrets_are_masked_as_one() -> None:
    redactor = Redactor()
    redactor.learn("first-overlap-middle")
    redactor.learn("middle-overlap-last")
    assert redactor.redact("first-overlap-middle-overlap-last") == "•••"


def test_what_closes_up_around_a_mask_is_looked_at_again() -> None:
    redactor = Redactor()
    redactor.learn("inner-secret")
    redactor.learn("outer•••shell")
    assert redactor.redact("a outerinner-secretshell b") == "a ••• b"


def test_a_secret_of_several_lines_is_taken_out_line_by_line() -> None:
    Secret("-----BEGIN KEY-----\nfirst-line-of-it\r\nsecond-line-of-it\n-----END KEY-----\n")
    assert redact("x first-line-of-it y") == "x ••• y"
    assert redact("x second-line-of-it y") == "x ••• y"
    assert redact("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_short_words_are_left_alone() -> None:
    redactor = Redactor()
    for value in ("is", "short", "", "     a     "):
        redactor.learn(value)
    assert redactor.redact("this is a short text") == "this is a short text"


def test_a_form_of_one_secret_may_be_another() -> None:
    redactor = Redactor()
    inner = base64.b64encode(b"some-secret-text").decode()
    redactor.learn("some-secret-text")
    redactor.learn(inner)
    assert redactor.redact(base64.b64encode(inner.encode()).decode()) == "•••"


def test_what_was_clean_before_a_secret_was_learnt_is_searched_again() -> None:
    redactor = Redactor()
    assert redactor.redact("a late-secret b") == "a late-secret b"
    redactor.learn("late-secret")
    assert redactor.redact("a late-secret b") == "a ••• b"


def test_a_long_text_is_cleaned_fast() -> None:
    import time

    Secret("correct-horse-battery")
    text = ("all is well " * 20 + "correct-horse-battery ") * 300
    began = time.thread_time()
    told = redact(text)
    assert time.thread_time() - began < 1
    assert told.count("•••") == 300
