-- Sessions that wait for a lock, the longest wait first, each with the first of those it waits for.
-- pg_blocking_pids takes locks on the lock table for a moment, so {most} are asked for at most; pid
-- 0 is a prepared transaction. PostgreSQL 12 and later; the wait itself is timed since 14.
WITH waiting AS MATERIALIZED (
    SELECT
        a.pid, a.application_name, a.usename, a.query, a.backend_start,
        l.locktype, l.mode, l.relation, l.database,
        EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - COALESCE(
            (pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz, a.query_start
        ))::double precision AS waited_s,
        pg_catalog.count(*) OVER () AS matching
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    WHERE NOT l.granted
    ORDER BY waited_s DESC NULLS LAST, a.pid
    LIMIT {most}
), blocked AS MATERIALIZED (
    SELECT w.*, pg_catalog.pg_blocking_pids(w.pid) AS blockers FROM waiting AS w
)
SELECT
    b.pid,
    b.backend_start,
    pg_catalog.textsend(b.application_name) AS application,
    pg_catalog.textsend(b.usename::text) AS role,
    b.locktype AS lock_type,
    b.mode,
    pg_catalog.textsend(c.relname::text) AS relation,
    b.waited_s,
    b.blockers,
    pg_catalog.textsend(h.application_name) AS blocker_application,
    h.state AS blocker_state,
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - h.xact_start)::double precision
        AS blocker_transaction_s,
    pg_catalog.substr(pg_catalog.textsend(b.query), 1, {query_bytes}) AS query,
    b.matching
FROM blocked AS b
LEFT JOIN pg_catalog.pg_stat_activity AS h ON h.pid = b.blockers[1] AND h.pid <> 0
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = b.relation AND b.database = (
    SELECT d.oid FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
)
ORDER BY b.waited_s DESC NULLS LAST, b.pid
