"""The small configuration that `quarterdeck init` writes."""

from typing import Final

from tui.config.schema import FILE_NAME

_TEXT: Final = """\
# yaml-language-server: $schema=SCHEMA_FILE
#
# A small Quarterdeck configuration to start from: put in your own addresses, take in what you
# need by removing the # and the blank after it, and run `quarterdeck check`.
#
# config.example.yaml, which comes with the program, shows every setting there is.
# The line above tells editors where the schema is; put it there with
#   quarterdeck schema > SCHEMA_FILE

version: 1

settings:
  # Refuse every action that would change something outside.
  read_only: true
  # While none of these takes a connection and next to no source answers, this machine is offline.
  connectivity:
    targets: ["1.1.1.1:443", "8.8.8.8:443"]

# Where credentials come from, by name; never the credentials themselves. A file must be yours
# alone (mode 0600); `quarterdeck secret set NAME` fills files and keyrings.
# secrets:
#   vercel: {env: VERCEL_TOKEN}
#   sentry: {env: SENTRY_TOKEN}
#   render: {file: ~/.config/quarterdeck/secrets/render}
#   github: {command: [gh, auth, token]}
#   database: {keyring: {name: database}}

# Accounts with vendors.
# accounts:
#   sentry-main: {kind: sentry, secret: sentry}
#   vercel-main: {kind: vercel, secret: vercel, team: team_of_yours}
#   render-main: {kind: render, secret: render}
#   github-main: {kind: github, secret: github}

workspaces:
  shop:
    title: Shop

    environments:
      production: {label: PROD, production: true}
      staging: {label: STG}

    # Worst first; alerts below name the labels.
    severities:
      - {label: SEV1, title: Complete outage, response: 15m}
      - {label: SEV2, title: Major degradation, response: 30m}

    services:
      web:
        title: Web
        checks:
          home:
            path: /
            slow_over: 2s
            severity: SEV1
        environments:
          # Put your own addresses here.
          production:
            url: https://www.example.com
            # deploys: {account: vercel-main, project: shop-web}
            # runs: {account: github-main, repo: owner/name, workflow: deploy.yml}
          staging:
            url: https://staging.example.com

    # PostgreSQL; the role needs pg_monitor to see what others do.
    # databases:
    #   main:
    #     title: Database
    #     environments:
    #       production: {host: db.example.com, user: quarterdeck, password: database}

    # What it runs on and with; `quarterdeck example` has every kind, docs/providers.md says what
    # each is asked and the least its credential needs.
    systems:
      # Where the names lead, and how long their certificates hold: it takes no credential.
      domains:
        main:
          hosts: [{host: www.example.com}]
      # sentry: {main: {account: sentry-main, organization: shop}}

    # Numbers that are held against bands.
    kpis:
      response-time:
        title: P95 response
        unit: ms
        environment: production
        from: [{check: web/home, metric: latency_ms}]
        statistic: p95
        window: 15m
        bands:
          # How it should be, and how it must not be for how long.
          target: {below: 1000}
          warning: {above: 2000, for: 15m, severity: SEV2}
          critical: {above: 5000, for: 5m, severity: SEV1}

    # Vendors' own status pages: context, never proof.
    status_pages:
      github: {title: GitHub, url: https://www.githubstatus.com}

    contacts:
      - {role: On call, reach: {slack: "#incidents"}}
"""


def starter_text() -> str:
    """A valid configuration of one product with two environments, explained line by line."""
    return _TEXT.replace("SCHEMA_FILE", FILE_NAME)
