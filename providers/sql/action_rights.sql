-- What our role may change in one table or view, and what the table wants of a new row. No rows
-- are read. PostgreSQL 12 and later.
SELECT
    c.oid IS NOT NULL AS present,
    COALESCE(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS usable,
    COALESCE(pg_catalog.has_table_privilege(c.oid, 'DELETE'), false) AS deletable,
    COALESCE(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false) AS readable,
    COALESCE(c.relrowsecurity AND pg_catalog.row_security_active(c.oid), false) AS filtered,
    current_user::text AS own_role,
    pg_catalog.pg_is_in_recovery() AS standby,
    -- Set for everybody, as Supabase does when the disk is full; a role's own default is no news.
    EXISTS (
        SELECT 1 FROM pg_catalog.pg_settings AS s
        WHERE s.name = 'default_transaction_read_only' AND s.reset_val = 'on'
            AND s.source IN ('database', 'global', 'configuration file', 'command line')
    ) AS read_only,
    a.*
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname::text = $1::text
LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = n.oid AND c.relname::text = $2::text
    AND c.relkind IN ('r', 'p', 'v', 'f')
LEFT JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(t.attname::text) AS columns,
        pg_catalog.array_agg(t.attname::text) FILTER (
            WHERE pg_catalog.has_column_privilege(c.oid, t.attnum, 'UPDATE')
        ) AS updatable,
        pg_catalog.array_agg(t.attname::text) FILTER (
            WHERE pg_catalog.has_column_privilege(c.oid, t.attnum, 'INSERT')
        ) AS insertable,
        pg_catalog.array_agg(t.attname::text) FILTER (
            WHERE t.atttypid IN ('json'::regtype, 'jsonb'::regtype)
        ) AS json_columns,
        pg_catalog.array_agg(t.attname::text) FILTER (WHERE t.attnotnull) AS not_null,
        pg_catalog.array_agg(t.attname::text) FILTER (
            WHERE t.attnotnull AND NOT t.atthasdef AND t.attidentity = '' AND t.attgenerated = ''
        ) AS required
    FROM pg_catalog.pg_attribute AS t
    WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
) AS a ON true
