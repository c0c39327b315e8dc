-- Whether pgcrypto's functions are where Supabase has them, and whether we may call them.
SELECT
    pg_catalog.to_regprocedure('extensions.crypt(text,text)') IS NOT NULL
    AND pg_catalog.to_regprocedure('extensions.gen_salt(text,integer)') IS NOT NULL
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS callable
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname::text = 'extensions'
