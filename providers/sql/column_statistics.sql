-- The planner's statistics of columns, as the runbook asks for them (A:92-101). They say how values
-- are distributed, and nothing about the use of indexes. The view shows only columns of tables that
-- this role may SELECT from; {schemas} hold `tables` of them, of which it may read `readable`.
-- PostgreSQL 12 and later.
WITH tables AS (
    SELECT
        pg_catalog.count(*) AS tables,
        pg_catalog.count(*) FILTER (
            WHERE pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
                AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid))
        ) AS readable
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname::text = ANY ({schemas})
), statistics AS (
    SELECT s.*, pg_catalog.count(*) OVER () AS matching
    FROM pg_catalog.pg_stats AS s
    WHERE s.schemaname::text = ANY ({schemas}) AND NOT s.inherited
    ORDER BY s.schemaname, s.tablename, s.attname
    LIMIT {most}
)
SELECT
    t.tables, t.readable,
    pg_catalog.textsend(s.schemaname::text) AS schema,
    pg_catalog.textsend(s.tablename::text) AS name,
    pg_catalog.textsend(s.attname::text) AS column_name,
    s.n_distinct::double precision AS n_distinct,
    s.correlation::double precision AS correlation,
    s.null_frac::double precision AS nulls,
    s.matching
FROM tables AS t LEFT JOIN statistics AS s ON true
ORDER BY s.schemaname, s.tablename, s.attname
