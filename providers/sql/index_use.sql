-- How tables are read: whole (sequential scans) or through an index, the most rows read whole
-- first (B:183, missing indexes). Counters, since stats_reset_s. PostgreSQL 12 and later.
SELECT
    s.relid::bigint AS id,
    pg_catalog.textsend(s.schemaname::text) AS schema,
    pg_catalog.textsend(s.relname::text) AS name,
    s.seq_scan AS whole_scans,
    s.seq_tup_read AS whole_rows,
    s.idx_scan AS index_scans,
    s.n_live_tup AS live_rows,
    (
        SELECT EXTRACT(EPOCH FROM d.stats_reset)::double precision
        FROM pg_catalog.pg_stat_database AS d WHERE d.datname = pg_catalog.current_database()
    ) AS stats_reset_s,
    pg_catalog.count(*) OVER () AS matching
FROM pg_catalog.pg_stat_user_tables AS s
WHERE s.schemaname::text = ANY ({schemas})
ORDER BY s.seq_tup_read DESC NULLS LAST, s.relid
LIMIT {most}
