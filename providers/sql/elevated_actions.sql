-- Actions with elevated privileges in the last 24 hours, from the product's own audit table
-- (A:452-458), newest first. The table is the product's, so are its names. One row at least; without
-- any action its own is NULL.
SELECT
    a.action IS NOT NULL OR EXISTS (SELECT 1 FROM {relation} AS e) AS ever,
    pg_catalog.textsend(a.action) AS action,
    pg_catalog.textsend(a.actor) AS actor,
    pg_catalog.substr(pg_catalog.textsend(a.details), 1, 1000) AS details,
    EXTRACT(EPOCH FROM a.at)::double precision AS at_s,
    a.matching
FROM (SELECT 1) AS one LEFT JOIN (
    SELECT
        {action}::text AS action, {actor}::text AS actor, {details}::text AS details,
        {at}::timestamptz AS at, pg_catalog.count(*) OVER () AS matching
    FROM {relation} AS f
    WHERE {at} > pg_catalog.clock_timestamp() - INTERVAL '1 day'
        AND {action}::text = ANY ({actions})
    ORDER BY {at} DESC
    LIMIT {most}
) AS a ON true
ORDER BY a.at DESC
