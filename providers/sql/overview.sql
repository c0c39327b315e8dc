-- One row: connections against what can be had, how many sessions stand how, and the counters of
-- this database. PostgreSQL 12 and later, primary or standby.
-- Connections: client backends over max_connections less what is reserved, for that is where
-- ordinary users are refused (A:264). Counters only grow; the caller makes differences of them.
-- {{long_ms}} the 5-minute rule (A:84-90), {{idle_ms}} the same for idle in transaction;
-- {{runbook}} 1 counts long queries literally as A:90 does, idle sessions included.
WITH clients AS MATERIALIZED (
    SELECT
        a.pid, a.state, a.application_name, a.wait_event_type,
        a.query_start, a.xact_start, a.state_change, a.backend_type
    FROM pg_catalog.pg_stat_activity AS a
), moment AS MATERIALIZED (
    SELECT pg_catalog.clock_timestamp() AS at
)
SELECT
    EXTRACT(EPOCH FROM m.at)::double precision AS at_s,
    EXTRACT(EPOCH FROM pg_catalog.pg_postmaster_start_time())::double precision AS started_s,
    pg_catalog.current_setting('server_version_num')::integer AS version,
    pg_catalog.pg_is_in_recovery() AS in_recovery,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN EXTRACT(
        EPOCH FROM m.at - pg_catalog.pg_last_xact_replay_timestamp()
    )::double precision END AS replay_lag_s,
    pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
    pg_catalog.textsend(current_user::text) AS role,
    pg_catalog.current_setting('max_connections')::integer AS maximum,
    pg_catalog.current_setting('superuser_reserved_connections')::integer
        + COALESCE(pg_catalog.current_setting('reserved_connections', true), '0')::integer
        AS reserved,
    (SELECT pg_catalog.sum(n.numbackends) FROM pg_catalog.pg_stat_database AS n)::bigint
        AS backends,
    counted.*,
    by_state.*,
    by_application.*,
    EXTRACT(EPOCH FROM d.stats_reset)::double precision AS stats_reset_s,
    d.xact_commit AS commits,
    d.xact_rollback AS rollbacks,
    d.blks_hit AS blocks_hit,
    d.blks_read AS blocks_read,
    d.deadlocks,
    d.temp_bytes
FROM moment AS m
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.count(*) FILTER (WHERE c.backend_type = 'client backend') AS used,
        pg_catalog.count(*) FILTER (
            WHERE CASE {runbook} WHEN 1 THEN true ELSE
                c.backend_type = 'client backend'
                AND c.state <> 'idle' AND c.state NOT LIKE 'idle in transaction%'
            END
            AND c.query_start < m.at - {long_ms} * INTERVAL '1 millisecond'
            AND c.pid <> pg_catalog.pg_backend_pid()
        ) AS long_queries,
        pg_catalog.count(*) FILTER (
            WHERE c.backend_type = 'client backend' AND c.state LIKE 'idle in transaction%'
            AND c.state_change < m.at - {idle_ms} * INTERVAL '1 millisecond'
        ) AS idle_in_transaction,
        pg_catalog.count(*) FILTER (WHERE c.wait_event_type = 'Lock') AS blocked,
        EXTRACT(EPOCH FROM m.at - pg_catalog.min(c.xact_start) FILTER (
            WHERE c.backend_type = 'client backend' AND c.pid <> pg_catalog.pg_backend_pid()
        ))::double precision AS oldest_transaction_s
    FROM clients AS c
) AS counted
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(s.state) AS states,
        pg_catalog.array_agg(s.sessions) AS state_sessions
    FROM (
        SELECT COALESCE(c.state, 'unknown') AS state, pg_catalog.count(*) AS sessions
        FROM clients AS c WHERE c.backend_type = 'client backend' GROUP BY 1
    ) AS s
) AS by_state
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(s.application) AS applications,
        pg_catalog.array_agg(s.sessions) AS application_sessions
    FROM (
        SELECT pg_catalog.textsend(c.application_name) AS application,
            pg_catalog.count(*) AS sessions
        FROM clients AS c WHERE c.backend_type = 'client backend'
        GROUP BY c.application_name ORDER BY 2 DESC, c.application_name LIMIT {most_applications}
    ) AS s
) AS by_application
LEFT JOIN pg_catalog.pg_stat_database AS d ON d.datname = pg_catalog.current_database()
