-- Standbys that stream from this server, the one furthest behind first. PostgreSQL 12 and later.
-- Without pg_read_all_stats only the pid is told, and state is NULL.
SELECT
    r.pid,
    pg_catalog.textsend(r.application_name) AS application,
    COALESCE(pg_catalog.host(r.client_addr), 'local') AS client,
    r.state,
    r.sync_state,
    CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_wal_lsn_diff(
        pg_catalog.pg_current_wal_lsn(), r.replay_lsn
    )::bigint END AS lag_bytes,
    EXTRACT(EPOCH FROM r.replay_lag)::double precision AS lag_s
FROM pg_catalog.pg_stat_replication AS r
ORDER BY lag_bytes DESC NULLS LAST, r.pid
LIMIT {most}
