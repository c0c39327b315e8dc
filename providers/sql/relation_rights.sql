-- Whether this role can see what is in a table or view: there, readable, filtered by row security,
-- and how many rows the statistics (which anybody may read) count in it or in what it is made of.
-- No rows and no error is what a role without a policy gets. Names of columns come in one value: for
-- an array of bytes the driver would search the server's catalog of types. PostgreSQL 12 and later.
SELECT
    n.oid IS NOT NULL AS schema_present,
    c.oid IS NOT NULL AS present,
    COALESCE(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS schema_usable,
    COALESCE(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false) AS readable,
    (
        SELECT pg_catalog.string_agg(pg_catalog.textsend(a.attname::text), '\x00'::bytea)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS columns,
    (
        SELECT pg_catalog.string_agg(pg_catalog.textsend(a.attname::text), '\x00'::bytea)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
    ) AS readable_columns,
    COALESCE(c.relkind = 'v', false) AS is_view,
    COALESCE(
        c.relkind IN ('r', 'p') AND pg_catalog.row_security_active(c.oid), false
    ) AS filtered,
    (
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy AS p
        WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polpermissive AND (
            0 = ANY (p.polroles) OR EXISTS (
                SELECT 1 FROM pg_catalog.unnest(p.polroles) AS r(role)
                JOIN pg_catalog.pg_roles AS o ON o.oid = r.role
                WHERE pg_catalog.pg_has_role(current_user, o.oid, 'USAGE')
            )
        )
    ) AS policies,
    (
        SELECT pg_catalog.sum(GREATEST(
            pg_catalog.pg_stat_get_live_tuples(b.oid), b.reltuples::bigint, 0
        ))::bigint
        FROM pg_catalog.pg_class AS b
        WHERE b.relkind IN ('r', 'm', 'p') AND (b.oid = c.oid OR b.oid IN (
            SELECT d.refobjid
            FROM pg_catalog.pg_rewrite AS w
            JOIN pg_catalog.pg_depend AS d
                ON d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
            WHERE w.ev_class = c.oid AND c.relkind = 'v'
        ))
    ) AS rows_behind,
    pg_catalog.textsend(current_user::text) AS own_role
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname::text = {schema}
LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = n.oid AND c.relname::text = {relname} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
