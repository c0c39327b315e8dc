-- The sessions worth looking at, bounded: those over the 5-minute rule, idle in transaction,
-- waiting for a lock, and whoever they wait for, however young or idle. PostgreSQL 12 and later.
-- The rule is the runbook's (A:84-90) corrected: not idle, a client, not ourselves; {{runbook}} 1
-- takes it literally. Idle in transaction counts from state_change, {{idle_ms}} long.
-- pg_blocking_pids takes locks on the lock table for a moment, so it is asked only for sessions
-- that wait, and for {{most_waiting}} of them at most; pid 0 is a prepared transaction.
-- Texts leave as bytes: those of other databases may break this one's encoding.
WITH moment AS MATERIALIZED (
    SELECT pg_catalog.clock_timestamp() AS at
), activity AS MATERIALIZED (
    SELECT a.* FROM pg_catalog.pg_stat_activity AS a
    WHERE a.pid <> pg_catalog.pg_backend_pid()
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
)
SELECT
    a.pid,
    a.backend_start,
    pg_catalog.textsend(a.datname::text) AS database,
    pg_catalog.textsend(a.usename::text) AS role,
    pg_catalog.textsend(a.application_name) AS application,
    COALESCE(pg_catalog.host(a.client_addr), CASE a.client_port WHEN -1 THEN 'local' END) AS client,
    a.backend_type,
    a.state,
    a.wait_event_type,
    a.wait_event,
    {query_id} AS query_id,
    EXTRACT(EPOCH FROM m.at - a.query_start)::double precision AS query_age_s,
    EXTRACT(EPOCH FROM m.at - a.xact_start)::double precision AS transaction_age_s,
    EXTRACT(EPOCH FROM m.at - a.state_change)::double precision AS state_age_s,
    w.blockers,
    pg_catalog.substr(pg_catalog.textsend(a.query), 1, {query_bytes}) AS query,
    pg_catalog.count(*) OVER () AS matching
FROM moment AS m
CROSS JOIN activity AS a
LEFT JOIN waiting AS w ON w.pid = a.pid
LEFT JOIN involved AS i ON i.pid = a.pid
WHERE
    i.pid IS NOT NULL
    OR (
        a.backend_type = 'client backend' AND a.state LIKE 'idle in transaction%'
        AND a.state_change < m.at - {idle_ms} * INTERVAL '1 millisecond'
    )
    OR (
        CASE {runbook} WHEN 1 THEN true ELSE
            a.backend_type = 'client backend'
            AND a.state <> 'idle' AND a.state NOT LIKE 'idle in transaction%'
        END
        AND a.query_start < m.at - {long_ms} * INTERVAL '1 millisecond'
    )
ORDER BY (i.pid IS NOT NULL) DESC, a.query_start NULLS LAST
LIMIT {row_limit}
