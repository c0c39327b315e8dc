-- Unusual sign-in patterns of the last hour (A:438-450), corrected: auth.audit_log_entries has
-- neither user_id nor event_type, both are in its JSON; an unknown address is '', and a refreshed
-- token is no sign-in, so both are counted apart. One row at least; without a pattern its actor is
-- NULL. The table has no index on time: whoever asks, asks seldom. PostgreSQL 12 and later.
WITH hour AS MATERIALIZED (
    SELECT
        e.payload ->> 'actor_id' AS actor,
        e.payload ->> 'action' AS action,
        NULLIF(e.ip_address, '') AS ip,
        e.created_at AS at
    FROM {audit} AS e
    WHERE e.created_at > pg_catalog.clock_timestamp() - INTERVAL '1 hour'
), people AS (
    SELECT
        h.actor,
        pg_catalog.count(*) FILTER (WHERE h.action = 'login') AS logins,
        pg_catalog.count(*) FILTER (WHERE h.action = 'token_refreshed') AS refreshes,
        pg_catalog.count(DISTINCT h.ip) AS addresses,
        pg_catalog.min(h.at) AS first_at,
        pg_catalog.max(h.at) AS last_at
    FROM hour AS h
    WHERE h.action IN ('login', 'token_refreshed') AND h.actor IS NOT NULL
    GROUP BY h.actor
), unusual AS (
    SELECT p.*, pg_catalog.count(*) OVER () AS matching
    FROM people AS p
    WHERE p.logins > {per_hour} OR p.refreshes > {per_hour} OR p.addresses > {addresses}
    ORDER BY GREATEST(p.logins, p.refreshes) DESC, p.addresses DESC, p.actor
    LIMIT {most}
)
SELECT
    (SELECT pg_catalog.count(*) FROM hour AS h WHERE h.action = 'login') AS hour_logins,
    EXTRACT(EPOCH FROM CASE WHEN EXISTS (SELECT 1 FROM hour)
        THEN (SELECT pg_catalog.max(h.at) FROM hour AS h)
        ELSE (SELECT pg_catalog.max(e.created_at) FROM {audit} AS e) END
    )::double precision AS newest_s,
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::double precision AS at_s,
    pg_catalog.textsend(u.actor) AS actor,
    u.logins,
    u.refreshes,
    u.addresses,
    EXTRACT(EPOCH FROM u.first_at)::double precision AS first_s,
    EXTRACT(EPOCH FROM u.last_at)::double precision AS last_s,
    u.matching
FROM (SELECT 1) AS one LEFT JOIN unusual AS u ON true
ORDER BY GREATEST(u.logins, u.refreshes) DESC, u.addresses DESC, u.actor
