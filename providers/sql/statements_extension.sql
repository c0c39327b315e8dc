-- Where pg_stat_statements is in this database, and which version: no row when it is not.
-- PostgreSQL 12 and later. Supabase keeps it in the schema "extensions".
SELECT
    pg_catalog.textsend(n.nspname::text) AS schema,
    pg_catalog.textsend(e.extversion) AS version
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
