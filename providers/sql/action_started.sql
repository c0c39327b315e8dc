-- When the server was started, and how many clients it has.
SELECT
    pg_catalog.to_char(
        pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
    ) AS started,
    (
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a
        WHERE a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid()
    ) AS clients
