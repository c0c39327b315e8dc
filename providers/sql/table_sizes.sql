-- Tables of some schemas with indexes and long values, the largest first (A:75-82). PostgreSQL 12
-- and later. By oid: the runbook's schemaname||'.'||tablename fails on names with capitals.
-- Candidates come from the planner's page counts, so that only {most} are measured.
SELECT
    t.oid::bigint AS id,
    pg_catalog.textsend(t.nspname::text) AS schema,
    pg_catalog.textsend(t.relname::text) AS name,
    pg_catalog.pg_total_relation_size(t.oid) AS bytes,
    pg_catalog.pg_indexes_size(t.oid) AS index_bytes,
    CASE WHEN t.reltuples >= 0 THEN t.reltuples::bigint END AS estimated_rows,
    t.matching,
    t.present
FROM (
    SELECT
        c.oid, n.nspname, c.relname, c.reltuples,
        pg_catalog.count(*) OVER () AS matching,
        (
            SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace AS p
            WHERE p.nspname::text = ANY ({schemas})
        ) AS present
    FROM pg_catalog.pg_class AS c
    LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
        AND n.nspname::text = ANY ({schemas})
        AND c.relpersistence <> 't'
    ORDER BY c.relpages + COALESCE(toast.relpages, 0) DESC, c.oid
    LIMIT {most}
) AS t
ORDER BY bytes DESC NULLS LAST, t.oid
