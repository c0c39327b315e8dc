-- Replication slots with what they hold back on disk, the most first: one that nobody reads fills
-- it. Columns that came later than PostgreSQL 12 (wal_status 13, inactive_since 17) by name.
SELECT
    pg_catalog.textsend(s.slot_name::text) AS name,
    pg_catalog.textsend(s.plugin::text) AS plugin,
    s.slot_type,
    pg_catalog.textsend(s.database::text) AS database,
    s.active,
    s.temporary,
    pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_lsn() END,
        s.restart_lsn
    )::bigint AS lag_bytes,
    pg_catalog.to_jsonb(s) ->> 'wal_status' AS wal_status,
    EXTRACT(EPOCH FROM (pg_catalog.to_jsonb(s) ->> 'inactive_since')::timestamptz)
        ::double precision AS inactive_since_s
FROM pg_catalog.pg_replication_slots AS s
ORDER BY lag_bytes DESC NULLS LAST, s.slot_name
LIMIT {most}
