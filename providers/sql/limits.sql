-- How much of what the server's settings allow is in use. PostgreSQL 12 and later. Connections are
-- those of everybody, background workers included, against max_connections as a whole.
SELECT 'max_connections' AS name,
    pg_catalog.sum(d.numbackends)::bigint AS used,
    pg_catalog.current_setting('max_connections')::bigint AS allowed
FROM pg_catalog.pg_stat_database AS d
UNION ALL
SELECT 'max_replication_slots',
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots),
    pg_catalog.current_setting('max_replication_slots')::bigint
UNION ALL
SELECT 'max_wal_senders',
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication),
    pg_catalog.current_setting('max_wal_senders')::bigint
UNION ALL
SELECT 'max_prepared_transactions',
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts),
    pg_catalog.current_setting('max_prepared_transactions')::bigint
UNION ALL
SELECT 'autovacuum_max_workers',
    (
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a
        WHERE a.backend_type = 'autovacuum worker'
    ),
    pg_catalog.current_setting('autovacuum_max_workers')::bigint
