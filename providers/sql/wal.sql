-- Where the write-ahead log is, and how its archiving goes. PostgreSQL 12 and later; the position is
-- bytes since the log began: the caller makes differences of it.
SELECT
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::double precision AS at_s,
    EXTRACT(EPOCH FROM pg_catalog.pg_postmaster_start_time())::double precision AS started_s,
    pg_catalog.pg_is_in_recovery() AS in_recovery,
    pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_lsn() END,
        '0/0'
    )::double precision AS position_bytes,
    pg_catalog.current_setting('wal_level') AS level,
    pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_wal_size')) AS maximum_bytes,
    pg_catalog.current_setting('archive_mode') <> 'off' AS archives,
    EXTRACT(EPOCH FROM a.last_archived_time)::double precision AS archived_s,
    EXTRACT(EPOCH FROM a.last_failed_time)::double precision AS failed_s,
    a.failed_count AS failures
FROM pg_catalog.pg_stat_archiver AS a
