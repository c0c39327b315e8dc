-- The largest tables with their indexes and long values (A:75-82). PostgreSQL 12 and later.
-- By oid: the runbook's schemaname||'.'||tablename fails on names with capitals or blanks.
-- Candidates come from the planner's page counts, so that only {most_tables} are measured.
SELECT
    pg_catalog.textsend(n.nspname::text) AS schema,
    pg_catalog.textsend(t.relname::text) AS name,
    pg_catalog.pg_total_relation_size(t.oid) AS bytes,
    CASE WHEN t.reltuples >= 0 THEN t.reltuples::bigint END AS estimated_rows
FROM (
    SELECT c.oid, c.relname, c.relnamespace, c.reltuples
    FROM pg_catalog.pg_class AS c
    LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
    JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
        AND s.nspname NOT IN ('pg_catalog', 'information_schema')
        AND c.relpersistence <> 't'
    ORDER BY c.relpages + COALESCE(toast.relpages, 0) DESC, c.oid
    LIMIT {most_tables}
) AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
ORDER BY bytes DESC NULLS LAST
