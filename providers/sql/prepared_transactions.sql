-- Prepared transactions, the oldest first: whom to name when pg_blocking_pids says 0.
-- PostgreSQL 12 and later; anybody may read the view.
SELECT
    pg_catalog.textsend(x.gid) AS gid,
    pg_catalog.textsend(x.owner::text) AS owner,
    pg_catalog.textsend(x.database::text) AS database,
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - x.prepared)::double precision AS age_s
FROM pg_catalog.pg_prepared_xacts AS x
ORDER BY x.prepared
LIMIT {row_limit}
