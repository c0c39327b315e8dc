-- Client connections by application, role and state, the largest group first (B:175). PostgreSQL 12
-- and later. Without pg_read_all_stats what others do is NULL, and only rows of our own are here.
SELECT
    pg_catalog.textsend(a.application_name) AS application,
    pg_catalog.textsend(a.usename::text) AS role,
    COALESCE(a.state, 'unknown') AS state,
    pg_catalog.count(*) AS sessions,
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - pg_catalog.min(a.state_change))
        ::double precision AS oldest_s,
    pg_catalog.count(*) OVER () AS matching,
    pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all
FROM pg_catalog.pg_stat_activity AS a
WHERE a.backend_type = 'client backend'
GROUP BY a.application_name, a.usename, a.state
ORDER BY sessions DESC, a.application_name, a.usename, a.state
LIMIT {most}
