SELECT pg_catalog.pg_terminate_backend(a.pid) AS signalled
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::text::int
    AND a.backend_start = $2::text::timestamptz
    AND a.backend_type = 'client backend'
    AND a.pid <> pg_catalog.pg_backend_pid()
