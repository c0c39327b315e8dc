-- How many transactions each database is from the end of its numbers (2.1 billion, less a safety
-- margin of 3 million, then the server refuses to write), the oldest first. PostgreSQL 12 and later.
SELECT
    pg_catalog.textsend(d.datname::text) AS name,
    pg_catalog.age(d.datfrozenxid)::bigint AS transactions,
    pg_catalog.mxid_age(d.datminmxid)::bigint AS multixacts,
    pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint AS freeze_at
FROM pg_catalog.pg_database AS d
WHERE d.datallowconn
ORDER BY GREATEST(
    pg_catalog.age(d.datfrozenxid)::bigint, pg_catalog.mxid_age(d.datminmxid)::bigint
) DESC, d.datname
LIMIT {most}
