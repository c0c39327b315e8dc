-- Which database of which server this is, however it was named to get here, and how large it is.
SELECT
    pg_catalog.current_database()::text AS name,
    d.oid::text AS oid,
    pg_catalog.to_char(
        pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'
    ) AS server_started,
    pg_catalog.current_setting('port') AS port,
    pg_catalog.pg_database_size(d.oid) AS size_bytes,
    (
        SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_stat_activity AS s
        WHERE s.datid = d.oid
            AND s.pid <> pg_catalog.pg_backend_pid()
            AND s.backend_type = 'client backend'
    ) AS sessions
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
