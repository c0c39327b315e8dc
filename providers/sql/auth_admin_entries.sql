-- What administrators did to accounts in the last 24 hours, by the auth server's own audit log.
SELECT
    pg_catalog.textsend(e.id::text) AS id,
    pg_catalog.textsend(e.payload ->> 'action') AS action,
    pg_catalog.textsend(e.payload ->> 'actor_id') AS actor,
    pg_catalog.textsend(e.payload -> 'traits' ->> 'user_id') AS about,
    pg_catalog.textsend(NULLIF(e.ip_address, '')) AS ip,
    EXTRACT(EPOCH FROM e.created_at)::double precision AS at_s,
    pg_catalog.count(*) OVER () AS matching
FROM {audit} AS e
WHERE e.created_at > pg_catalog.clock_timestamp() - INTERVAL '1 day'
    AND e.payload ->> 'action' = ANY ({actions})
ORDER BY e.created_at DESC, e.id
LIMIT {most}
