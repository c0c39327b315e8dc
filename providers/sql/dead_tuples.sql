-- Rows that were deleted or written anew and wait for vacuum, the most first, and how long each
-- table waits for it. PostgreSQL 12 and later. Past the threshold autovacuum should have come.
SELECT
    s.relid::bigint AS id,
    pg_catalog.textsend(s.schemaname::text) AS schema,
    pg_catalog.textsend(s.relname::text) AS name,
    s.n_dead_tup AS dead,
    s.n_live_tup AS live,
    EXTRACT(EPOCH FROM GREATEST(s.last_vacuum, s.last_autovacuum))::double precision AS vacuumed_s,
    EXTRACT(EPOCH FROM GREATEST(s.last_analyze, s.last_autoanalyze))::double precision
        AS analyzed_s,
    c.reloptions::text LIKE '%autovacuum_enabled=false%'
        OR c.reloptions::text LIKE '%autovacuum_enabled=off%' AS switched_off,
    pg_catalog.current_setting('autovacuum_vacuum_threshold')::double precision
        + pg_catalog.current_setting('autovacuum_vacuum_scale_factor')::double precision
        * GREATEST(c.reltuples, 0) AS threshold,
    pg_catalog.sum(s.n_dead_tup) OVER ()::bigint AS all_dead,
    pg_catalog.sum(s.n_live_tup) OVER ()::bigint AS all_live,
    pg_catalog.current_setting('autovacuum') = 'on' AS autovacuum
FROM pg_catalog.pg_stat_all_tables AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.relid
WHERE s.schemaname::text NOT LIKE 'pg_temp%' AND s.schemaname::text NOT LIKE 'pg_toast%'
ORDER BY s.n_dead_tup DESC NULLS LAST, s.relid
LIMIT {most}
