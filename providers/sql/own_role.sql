-- What our own role may do beyond watching. PostgreSQL 12 and later.
SELECT
    pg_catalog.textsend(r.rolname::text) AS name,
    r.rolsuper AS superuser,
    r.rolbypassrls AS bypasses,
    r.rolcreaterole AS makes_roles,
    r.rolcreatedb AS makes_databases,
    r.rolreplication AS replicates,
    pg_catalog.pg_has_role(r.oid, 'pg_signal_backend', 'MEMBER') AS signals,
    pg_catalog.pg_has_role(r.oid, 'pg_read_server_files', 'MEMBER')
        OR pg_catalog.pg_has_role(r.oid, 'pg_write_server_files', 'MEMBER')
        OR pg_catalog.pg_has_role(r.oid, 'pg_execute_server_program', 'MEMBER') AS server_files,
    (
        SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p')
            AND n.nspname::text NOT IN ('pg_catalog', 'information_schema')
            AND n.nspname::text NOT LIKE 'pg_%'
            AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    ) AS writable
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = current_user
