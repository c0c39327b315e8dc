-- Calls and milliseconds of execution of this database's statements so far; the caller makes an
-- average of the differences (A:55, A:255). The column is total_exec_time since extension 1.8
-- (PostgreSQL 13), total_time before. The texts, which lie in a file, are not asked for.
SELECT
    pg_catalog.sum(s.calls)::bigint AS calls,
    pg_catalog.sum(s.{total_time})::double precision AS total_ms
FROM {schema}.pg_stat_statements(false) AS s
WHERE s.dbid = (
    SELECT d.oid FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
)
