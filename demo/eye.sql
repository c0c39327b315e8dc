-- What the API of the demo world can see of its own database.
select
  count(*) filter (where a.backend_type = 'client backend') as used,
  count(*) filter (where a.application_name like 'lma-api%') as ours,
  count(*) filter (where a.wait_event_type = 'Lock') as waiting,
  pg_catalog.current_setting('max_connections')::int
    - pg_catalog.current_setting('superuser_reserved_connections')::int
    - pg_catalog.current_setting('reserved_connections')::int as available
from pg_catalog.pg_stat_activity a
