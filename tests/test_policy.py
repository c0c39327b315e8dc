"""Whether anything may be changed: the strictest word wins."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from actions.policy import Policy


def test_the_default_refuses_everything() -> None:
    assert Policy().refusal("lma", "production")


def test_each_level_can_only_forbid() -> None:
    for flag, everywhere, here in itertools.product([True, False], repeat=3):
        policy = Policy(
            flag_read_only=flag, global_read_only=everywhere, environments={"lma/staging": here}
        )
        refused = policy.refusal("lma", "staging") is not None
        assert refused is (flag or everywhere or here)


@given(workspace=st.text(), environment=st.text())
def test_what_nobody_thought_about_is_read_only(workspace: str, environment: str) -> None:
    policy = Policy(global_read_only=False, environments={})
    assert policy.refusal(workspace, environment)


def test_the_refusal_names_the_setting_that_forbids() -> None:
    assert "--read-only" in str(Policy(flag_read_only=True).refusal("lma", "staging"))
    assert "settings.read_only" in str(Policy().refusal("lma", "staging"))
