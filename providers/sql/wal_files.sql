-- Bytes of the write-ahead log on disk. PostgreSQL 12 and later; pg_monitor may.
SELECT pg_catalog.sum(f.size)::bigint AS bytes, pg_catalog.count(*) AS files
FROM pg_catalog.pg_ls_waldir() AS f
