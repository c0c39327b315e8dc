-- Bytes of this database on disk; WAL and other databases are not in it (A:266).
-- PostgreSQL 12 and later. Looks at every file, so it is asked once a minute at most.
SELECT pg_catalog.pg_database_size(d.oid) AS bytes
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
