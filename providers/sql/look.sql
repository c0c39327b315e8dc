-- One look: the server as a whole, and in it the sessions worth looking at, as one value of JSON:
-- one row is cheap to receive. PostgreSQL 12 and later, primary or standby.
--
-- Connections are client backends, against max_connections less what is reserved: that is where
-- ordinary users are refused (A:264). Counters only grow; the caller makes differences of them.
--
-- Sessions, bounded: those over the 5-minute rule, idle in transaction, waiting for a lock, and
-- whoever they wait for, however young or idle. The rule is the runbook's (A:84-90) corrected: not
-- idle, a client, not ourselves; {runbook} 1 takes it literally. {long_ms} is its limit,
-- {idle_ms} the one for idle in transaction, which counts from state_change.
-- pg_blocking_pids takes locks on the lock table for a moment, so it is asked only for sessions
-- that wait, and for {most_waiting} of them at most; pid 0 is a prepared transaction.
-- No age is negative, though what is looked at may have begun after `moment`, or by another clock.
-- Of all sessions, what stays from look to look (`people`) comes apart from what does not, in the
-- same order, so that it can be compared as a whole.
-- Texts leave as bytes in base64: those of other databases may break this one's encoding.
-- {query_id} is a column since PostgreSQL 14.
-- A statement that fills its room (track_activity_query_size with its end mark, less what a letter of
-- four bytes leaves over) was cut by the server; {query_bytes} is where we cut.
WITH moment AS MATERIALIZED (
    SELECT
        pg_catalog.clock_timestamp() AS at,
        pg_catalog.clock_timestamp() - {long_ms} * INTERVAL '1 millisecond' AS long_before,
        pg_catalog.clock_timestamp() - {idle_ms} * INTERVAL '1 millisecond' AS idle_before,
        pg_catalog.pg_size_bytes(pg_catalog.current_setting('track_activity_query_size'))
            AS query_room
), activity AS MATERIALIZED (
    SELECT
        a.*,
        a.backend_type = 'client backend' AS client_backend,
        a.state LIKE 'idle in transaction%' AND a.backend_type = 'client backend'
            AND a.state_change < m.idle_before AS idles_in_transaction,
        a.query_start < m.long_before AND a.pid <> pg_catalog.pg_backend_pid() AND (
            {runbook} = 1
            OR a.backend_type = 'client backend'
                AND a.state <> 'idle' AND a.state NOT LIKE 'idle in transaction%'
        ) AS runs_long
    FROM moment AS m CROSS JOIN pg_catalog.pg_stat_activity AS a
), waiting AS MATERIALIZED (
    SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS blockers
    FROM (
        SELECT a.pid FROM activity AS a WHERE a.wait_event_type = 'Lock'
        ORDER BY a.query_start LIMIT {most_waiting}
    ) AS w
), involved AS MATERIALIZED (
    SELECT w.pid FROM waiting AS w WHERE pg_catalog.cardinality(w.blockers) > 0
    UNION
    SELECT pg_catalog.unnest(w.blockers) FROM waiting AS w
), listed AS (
    SELECT
        a.*,
        w.blockers,
        pg_catalog.count(*) OVER () AS matching
    FROM activity AS a
    LEFT JOIN waiting AS w ON w.pid = a.pid
    LEFT JOIN involved AS i ON i.pid = a.pid
    WHERE (i.pid IS NOT NULL OR a.idles_in_transaction OR a.runs_long)
        AND a.pid <> pg_catalog.pg_backend_pid()
    ORDER BY (i.pid IS NOT NULL) DESC, a.query_start NULLS LAST
    LIMIT {row_limit}
), counted AS (
    SELECT
        pg_catalog.count(*) FILTER (WHERE a.client_backend) AS used,
        pg_catalog.count(*) FILTER (WHERE a.runs_long) AS long_queries,
        pg_catalog.count(*) FILTER (WHERE a.idles_in_transaction) AS idle_in_transaction,
        pg_catalog.count(*) FILTER (WHERE a.wait_event_type = 'Lock') AS blocked,
        pg_catalog.min(a.xact_start) FILTER (
            WHERE a.client_backend AND a.pid <> pg_catalog.pg_backend_pid()
        ) AS oldest
    FROM activity AS a
), by_state AS (
    SELECT
        pg_catalog.array_agg(s.state) AS states,
        pg_catalog.array_agg(s.sessions) AS state_sessions
    FROM (
        SELECT COALESCE(a.state, 'unknown') AS state, pg_catalog.count(*) AS sessions
        FROM activity AS a WHERE a.client_backend GROUP BY 1
    ) AS s
), by_application AS (
    SELECT
        pg_catalog.array_agg(s.application) AS applications,
        pg_catalog.array_agg(s.sessions) AS application_sessions
    FROM (
        SELECT
            pg_catalog.encode(pg_catalog.textsend(a.application_name), 'base64') AS application,
            pg_catalog.count(*) AS sessions
        FROM activity AS a WHERE a.client_backend
        GROUP BY a.application_name ORDER BY 2 DESC, a.application_name LIMIT {most_applications}
    ) AS s
), told AS (
    SELECT
        (SELECT pg_catalog.row_to_json(w) FROM (
            SELECT
                a.pid,
                pg_catalog.to_char(
                    a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                ) AS backend_start,
                pg_catalog.encode(pg_catalog.textsend(a.datname::text), 'base64') AS database,
                pg_catalog.encode(pg_catalog.textsend(a.usename::text), 'base64') AS role,
                pg_catalog.encode(pg_catalog.textsend(a.application_name), 'base64')
                    AS application,
                pg_catalog.encode(pg_catalog.textsend(COALESCE(
                    pg_catalog.host(a.client_addr), CASE a.client_port WHEN -1 THEN 'local' END
                )), 'base64') AS client,
                a.backend_type,
                a.state,
                {query_id} AS query_id,
                pg_catalog.encode(
                    pg_catalog.substr(pg_catalog.textsend(a.query), 1, {query_bytes}), 'base64'
                ) AS query,
                CASE
                    WHEN pg_catalog.length(pg_catalog.textsend(a.query))
                        > LEAST(m.query_room - 5, {query_bytes})
                    THEN LEAST(m.query_room - 1, {query_bytes})
                END AS query_cut
        ) AS w) AS person,
        pg_catalog.json_build_array(
            pg_catalog.encode(
                pg_catalog.textsend(a.wait_event_type || ':' || a.wait_event), 'base64'
            ),
            EXTRACT(EPOCH FROM GREATEST(m.at, a.query_start) - a.query_start)::double precision,
            EXTRACT(EPOCH FROM GREATEST(m.at, a.xact_start) - a.xact_start)::double precision,
            EXTRACT(EPOCH FROM GREATEST(m.at, a.state_change) - a.state_change)::double precision,
            a.blockers
        ) AS session,
        a.matching
    FROM moment AS m CROSS JOIN listed AS a
), server AS (
    SELECT
        EXTRACT(EPOCH FROM m.at)::double precision AS at_s,
        EXTRACT(EPOCH FROM pg_catalog.pg_postmaster_start_time())::double precision AS started_s,
        pg_catalog.current_setting('server_version_num')::integer AS version,
        pg_catalog.pg_is_in_recovery() AS in_recovery,
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN EXTRACT(
            EPOCH FROM GREATEST(m.at, pg_catalog.pg_last_xact_replay_timestamp())
            - pg_catalog.pg_last_xact_replay_timestamp()
        )::double precision END AS replay_lag_s,
        pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
        pg_catalog.encode(pg_catalog.textsend(current_user::text), 'base64') AS own_role,
        pg_catalog.current_setting('max_connections')::integer AS maximum,
        pg_catalog.current_setting('superuser_reserved_connections')::integer
            + COALESCE(pg_catalog.current_setting('reserved_connections', true), '0')::integer
            AS reserved,
        (SELECT pg_catalog.sum(n.numbackends) FROM pg_catalog.pg_stat_database AS n)::bigint
            AS backends,
        c.used,
        c.long_queries,
        c.idle_in_transaction,
        c.blocked,
        EXTRACT(EPOCH FROM GREATEST(m.at, c.oldest) - c.oldest)::double precision AS oldest_transaction_s,
        s.states,
        s.state_sessions,
        p.applications,
        p.application_sessions,
        EXTRACT(EPOCH FROM d.stats_reset)::double precision AS stats_reset_s,
        d.xact_commit AS commits,
        d.xact_rollback AS rollbacks,
        d.blks_hit AS blocks_hit,
        d.blks_read AS blocks_read,
        d.deadlocks,
        d.temp_bytes,
        t.matching,
        t.people,
        t.sessions
    FROM moment AS m
    CROSS JOIN counted AS c
    CROSS JOIN (
        SELECT
            pg_catalog.max(t.matching) AS matching,
            pg_catalog.json_agg(t.person) AS people,
            pg_catalog.json_agg(t.session) AS sessions
        FROM told AS t
    ) AS t
    CROSS JOIN by_state AS s
    CROSS JOIN by_application AS p
    LEFT JOIN pg_catalog.pg_stat_database AS d ON d.datname = pg_catalog.current_database()
)
SELECT pg_catalog.row_to_json(s)::text FROM server AS s
