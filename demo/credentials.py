"""The credentials of one demo world: made anew each time, good nowhere else."""

import secrets

from msgspec import Struct, field


def _made(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(24)


class Credentials(Struct, frozen=True, kw_only=True):
    """What opens the services of one world."""

    vercel_lma: str = field(default_factory=lambda: _made("vc_"))
    vercel_localloop: str = field(default_factory=lambda: _made("vc_"))
    render: str = field(default_factory=lambda: _made("rnd_"))
    github: str = field(default_factory=lambda: _made("github_pat_"))
    supabase_lma: str = field(default_factory=lambda: _made("sbp_"))
    supabase_localloop: str = field(default_factory=lambda: _made("sbp_"))
    supabase_key_lma: str = field(default_factory=lambda: _made("sb_secret_"))
    supabase_key_localloop: str = field(default_factory=lambda: _made("sb_secret_"))
    sentry: str = field(default_factory=lambda: _made("sntrys_"))
    sentry_actions: str = field(default_factory=lambda: _made("sntrys_"))
    """May change issues."""

    pagerduty_lma: str = field(default_factory=lambda: _made("u+"))
    pagerduty_localloop: str = field(default_factory=lambda: _made("y_"))
    pagerduty_localloop_actions: str = field(default_factory=lambda: _made("y_"))
    """May write; the other may not."""

    slack: str = field(default_factory=lambda: _made("xoxb-"))
    google_key: str = field(default_factory=lambda: _made("AIza"))
    stripe_lma: str = field(default_factory=lambda: _made("rk_live_"))
    stripe_localloop: str = field(default_factory=lambda: _made("rk_live_"))
    stripe_lma_refunds: str = field(default_factory=lambda: _made("rk_live_"))
    """May pay back."""

    stripe_refunds: str = field(default_factory=lambda: _made("rk_live_"))
    """Of LocalLoop; may pay back."""

    resend: str = field(default_factory=lambda: _made("re_"))
    resend_sending: str = field(default_factory=lambda: _made("re_"))
    """The product's own, which may only send."""

    google_client: str = field(default_factory=lambda: _made("GOCSPX-"))
    google_refresh: str = field(default_factory=lambda: _made("1//"))
    google_refresh_actions: str = field(default_factory=lambda: _made("1//"))
    """The owner's consent to change events."""

    localloop_admin: str = field(default_factory=lambda: _made("adm_"))
    hook: str = field(default_factory=lambda: _made("whsec_"))
    """Signs the notices that go to the product's own receiver."""

    control: str = field(default_factory=lambda: _made("ctl_"))

    def __repr__(self) -> str:
        return "Credentials(…)"
