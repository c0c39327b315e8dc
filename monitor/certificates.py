"""Days left of certificates and how bad few of them are; pure."""

from datetime import datetime

from monitor.verdicts import Level
from monitor.workspace import CheckSpec
from providers.probe_readings import Certificate

_DAY_S = 86_400.0


def days_left(certificate: Certificate, now: datetime) -> float:
    """Days until it ends; negative when it has."""
    return (certificate.not_after - now).total_seconds() / _DAY_S


def level_of(spec: CheckSpec, certificate: Certificate | None, now: datetime) -> Level:
    """How bad the days left are; without a certificate there is nothing to judge."""
    if certificate is None:
        return Level.OK
    days = days_left(certificate, now)
    if not certificate.trusted or days <= spec.certificate_critical_days:
        return Level.CRITICAL
    return Level.WARNING if days <= spec.certificate_warning_days else Level.OK


def words(certificate: Certificate, now: datetime) -> str:
    """What to say of it: `certificate ends in 9 days`."""
    days = days_left(certificate, now)
    if not certificate.trusted:
        return "certificate is not trusted"
    if days < 0:
        return f"certificate ended {_days(-days)} ago"
    return f"certificate ends in {_days(days)}"


def _days(days: float) -> str:
    if days < 2:
        return f"{days * 24:.0f} hours"
    return f"{days:.0f} days"
