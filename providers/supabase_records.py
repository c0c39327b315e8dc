"""What is known of a Supabase project, as rows; pure."""

from providers.supabase_mapping import STATES, Disk, Project, ReadOnly, Service
from providers.supabase_parts import amount
from providers.system_readings import Condition, Record
from providers.text import Foreign
from providers.vendor import clock_words, https_url


def project_record(project: Project, url: str) -> Record:
    """The project as a row, with where to look at it."""
    return Record(
        id=project.ref,
        title=project.name,
        condition=STATES.get(project.status.text, Condition.UNKNOWN),
        state=project.status,
        details=(
            ("region", project.region),
            ("PostgreSQL", project.database_version),
            ("created", Foreign(clock_words(project.created_at) if project.created_at else "")),
        ),
        url=https_url(url),
    )


def service_record(service: Service) -> Record:
    """A service as a row."""
    return Record(
        id=service.name.line(60),
        title=service.name,
        condition=service.own,
        state=service.status,
        details=(("version", service.version), ("error", service.error)),
    )


def disk_record(disk: Disk) -> Record:
    """The disk as a row; whether it is too full is a matter of rules, not of ours."""
    percent = disk.used_percent
    return Record(
        id="disk",
        title=Foreign("data disk"),
        condition=Condition.UNKNOWN if percent is None else Condition.FINE,
        state=Foreign("no room" if percent is None else f"{percent:.1f} % used"),
        details=(
            ("used", Foreign(amount(disk.used_bytes))),
            ("size", Foreign(amount(disk.size_bytes))),
            ("left", Foreign(amount(disk.available_bytes))),
        ),
    )


def read_only_record(mode: ReadOnly) -> Record:
    """The read-only mode as a row."""
    state = "on" if mode.enabled else "off"
    return Record(
        id="read-only",
        title=Foreign("read-only mode"),
        condition=mode.condition,
        state=Foreign(f"{state}, lifted" if mode.lifted else state),
        details=(("lifted until", mode.lifted_until),),
    )
