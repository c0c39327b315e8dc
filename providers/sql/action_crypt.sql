-- Whether pgcrypto's functions are where Supabase has them, and whether we may call them.
-- Without USAGE the look at a name in the schema is an error by itself: so only behind CASE.
SELECT
    CASE
        WHEN COALESCE(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false)
            THEN pg_catalog.to_regprocedure('extensions.crypt(text,text)') IS NOT NULL
            AND pg_catalog.to_regprocedure('extensions.gen_salt(text,integer)') IS NOT NULL
        ELSE false
    END AS callable
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname::text = 'extensions'
