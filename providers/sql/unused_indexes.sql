-- Indexes that were never scanned since the counters began, and broken ones, the largest first:
-- what the runbook's "index usage" (A:92-101) is after. Indexes that keep a promise (unique,
-- primary, exclusion) are needed unscanned. PostgreSQL 12 and later.
SELECT
    t.id,
    pg_catalog.textsend(t.nspname::text) AS schema,
    pg_catalog.textsend(t.table_name::text) AS table_name,
    pg_catalog.textsend(t.name::text) AS name,
    pg_catalog.pg_relation_size(t.id::oid) AS bytes,
    t.scans,
    t.valid,
    t.matching
FROM (
    SELECT
        i.indexrelid::bigint AS id, n.nspname, r.relname AS table_name, c.relname AS name,
        pg_catalog.pg_stat_get_numscans(i.indexrelid) AS scans,
        i.indisvalid AS valid,
        pg_catalog.count(*) OVER () AS matching
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_class AS r ON r.oid = i.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
    WHERE n.nspname::text = ANY ({schemas})
        AND c.relkind = 'i'
        AND (
            NOT i.indisvalid
            OR pg_catalog.pg_stat_get_numscans(i.indexrelid) = 0
                AND NOT i.indisunique AND NOT i.indisprimary AND NOT i.indisexclusion
        )
    ORDER BY i.indisvalid, c.relpages DESC, i.indexrelid
    LIMIT {most}
) AS t
ORDER BY t.valid, bytes DESC NULLS LAST
