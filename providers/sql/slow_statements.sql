-- This database's slowest statements, by mean and by total time (A:107, B:183). The columns are
-- {mean_time} and {total_time} by version of the extension. Means of less than {least_calls} calls
-- count only where there are no others. Texts of other roles need pg_read_all_stats.
WITH s AS MATERIALIZED (
    SELECT
        f.queryid, f.userid, f.calls, f.rows,
        f.{total_time} AS total_ms,
        f.{mean_time} AS mean_ms,
        f.query
    FROM {schema}.pg_stat_statements(true) AS f
    WHERE f.dbid = (
        SELECT d.oid FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()
    )
), ranked AS (
    SELECT
        s.*,
        pg_catalog.row_number() OVER (
            ORDER BY s.calls >= {least_calls} DESC, s.mean_ms DESC, s.queryid, s.userid
        ) AS by_mean,
        pg_catalog.row_number() OVER (ORDER BY s.total_ms DESC, s.queryid, s.userid) AS by_total,
        pg_catalog.count(*) OVER () AS known,
        pg_catalog.sum(s.total_ms) OVER () AS all_ms
    FROM s
)
SELECT
    r.userid::bigint AS user_id,
    r.queryid::bigint AS query_id,
    pg_catalog.textsend(o.rolname::text) AS role,
    r.calls::bigint AS calls,
    r.rows::bigint AS returned,
    r.total_ms::double precision AS total_ms,
    r.mean_ms::double precision AS mean_ms,
    r.all_ms::double precision AS all_ms,
    pg_catalog.substr(pg_catalog.textsend(r.query), 1, {query_bytes}) AS query,
    r.by_mean::bigint AS by_mean,
    r.by_total::bigint AS by_total,
    r.known::bigint AS known
FROM ranked AS r
LEFT JOIN pg_catalog.pg_roles AS o ON o.oid = r.userid
WHERE r.by_mean <= {most} OR r.by_total <= {most}
ORDER BY r.by_mean
