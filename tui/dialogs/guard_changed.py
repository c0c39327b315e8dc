"""What a plan that was made anew says otherwise. Pure."""

from actions.plan import Plan


def differences(old: Plan, new: Plan) -> tuple[str, ...]:
    """What a plan made anew says otherwise; at least one thing when the fingerprints differ."""
    if old.fingerprint == new.fingerprint:
        return ()
    before, after = _facts(old), _facts(new)
    found = [
        f"{key[1]}: {before.get(key, 'nothing')} → {after.get(key, 'nothing')}"
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    if old.steps != new.steps:
        found.append("what is sent is not the same")
    return tuple(found) or ("it is not the same plan any more",)


def _facts(plan: Plan) -> dict[tuple[str, str], str]:
    """By kind and name: a pin may be named as a field that changes."""
    words = ((one, f"{one.before.line(60)} to {one.after.line(60)}") for one in plan.changes)
    return {
        ("target", "target"): plan.target.identity,
        **{("pin", name): value for name, value in plan.pins},
        **{("change", one.field): said for one, said in words},
        **{("parameter", name): value for name, value in plan.parameters},
    }
