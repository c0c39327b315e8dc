-- One session, by pid and start, with all that decides whether it may be signalled, and how many
-- sessions wait for it, directly or behind one another. Texts leave as bytes: those of other
-- databases may break this one's encoding. PostgreSQL 12 and later.
WITH RECURSIVE waiting AS MATERIALIZED (
    SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS blockers
    FROM (
        SELECT a.pid FROM pg_catalog.pg_stat_activity AS a
        WHERE a.wait_event_type = 'Lock' ORDER BY a.query_start LIMIT 200
    ) AS w
), tree AS (
    SELECT w.pid FROM waiting AS w WHERE $1::text::int = ANY (w.blockers)
    UNION
    SELECT w.pid FROM waiting AS w JOIN tree AS t ON t.pid = ANY (w.blockers)
)
SELECT
    a.pid,
    pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
        AS started,
    pg_catalog.to_char(a.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
        AS query_started,
    pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start) AS query_s,
    pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) AS transaction_s,
    a.state,
    a.backend_type,
    pg_catalog.textsend(a.usename::text) AS role,
    pg_catalog.textsend(a.application_name) AS application,
    pg_catalog.textsend(a.query) AS query,
    pg_catalog.textsend(current_user::text) AS own_role,
    COALESCE(r.rolsuper, false) AS superuser,
    a.pid = pg_catalog.pg_backend_pid() AS itself,
    COALESCE(
        me.rolsuper OR pg_catalog.pg_has_role(me.oid, 'pg_signal_backend', 'USAGE')
        OR pg_catalog.pg_has_role(me.oid, a.usesysid, 'USAGE'), false
    ) AS permitted,
    (SELECT pg_catalog.count(*) FROM tree) AS waiters
FROM pg_catalog.pg_stat_activity AS a
CROSS JOIN (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user) AS me
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.usesysid
WHERE a.pid = $1::text::int
    AND ($2::text IS NULL OR a.backend_start = $2::text::timestamptz)
    AND a.backend_start IS NOT NULL
