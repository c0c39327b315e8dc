SELECT pg_catalog.pg_cancel_backend(a.pid) AS signalled
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::text::int
    AND a.backend_start = $2::text::timestamptz
    AND a.query_start = $3::text::timestamptz
    AND a.state = 'active'
    AND a.backend_type = 'client backend'
    AND a.pid <> pg_catalog.pg_backend_pid()
