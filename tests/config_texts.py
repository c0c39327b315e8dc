"""Small configurations for the tests of tui/config."""

from tui.config.load import check as check_text
from tui.config.load import parse
from tui.config.model import Config

SMALL = """\
version: 1
secrets:
  token: {env: TOKEN}
  db: {env: DB_PASSWORD}
accounts:
  web: {kind: vercel, secret: token}
  hub: {kind: github, secret: token}
  box: {kind: render, secret: token}
workspaces:
  shop:
    title: Shop
    runbook: {id: R, title: Runbook}
    environments:
      production: {label: PROD, production: true}
      staging: {label: STG}
    severities:
      - {label: SEV1, title: Outage, response: 15m}
      - {label: SEV2, title: Worse, response: next business day}
    services:
      api:
        title: API
        depends_on: [main]
        checks:
          health:
            path: /health
            metrics: [{name: errors, path: errors.total}]
        environments:
          production:
            url: https://api.example.com
            deploys: {account: box, service_id: srv-a}
            runs: {account: hub, repo: shop/api}
          staging: {}
    databases:
      main:
        title: Database
        environments:
          production: {host: db.example.com, user: me, password: db}
    kpis:
      errors:
        title: Errors
        environment: production
        from: [{check: api/health, metric: errors}]
        bands:
          target: {below: 1, runbook: "R:1"}
          warning: {above: 2, for: 5m, severity: SEV2}
          critical: {above: 5, severity: SEV1}
"""
"""A sound configuration with one of everything that refers to something else."""


def small(old: str = "", new: str = "") -> str:
    """The small configuration with one place changed."""
    assert SMALL.count(old) == 1 or not old, f"{old!r} does not stand there once"
    return SMALL.replace(old, new) if old else SMALL


def problems(text: str) -> list[str]:
    """The problems of a text, each as line:column: the rest."""
    return [str(problem).removeprefix("f:") for problem in check_text(text, "f")]


def config(text: str) -> Config:
    """The configuration in a sound text."""
    return parse(text.encode(), "f").config
