-- Failed sign-ins of the last hour by address, from the product's own record (A:284): Supabase's
-- audit table has no entry for them. One row at least; without any its address is NULL.
WITH failed AS MATERIALIZED (
    SELECT
        pg_catalog.regexp_replace({ip}::text, '/(32|128)$', '') AS ip,
        {account}::text AS account,
        {at}::timestamptz AS at
    FROM {relation} AS f
    WHERE {at} > pg_catalog.clock_timestamp() - INTERVAL '1 hour' {only}
), addresses AS (
    SELECT
        COALESCE(NULLIF(f.ip, ''), 'unknown') AS ip,
        pg_catalog.count(*) FILTER (
            WHERE f.at > pg_catalog.clock_timestamp() - INTERVAL '5 minutes'
        ) AS five_minutes,
        pg_catalog.count(*) AS hour,
        pg_catalog.count(DISTINCT f.account) AS accounts,
        pg_catalog.max(f.at) AS last_at
    FROM failed AS f GROUP BY 1
)
SELECT
    COALESCE(pg_catalog.sum(a.five_minutes) OVER (), 0)::bigint AS all_five_minutes,
    COALESCE(pg_catalog.sum(a.hour) OVER (), 0)::bigint AS all_hour,
    COALESCE(pg_catalog.max(a.five_minutes) OVER (), 0)::bigint AS worst,
    a.ip IS NOT NULL OR EXISTS (SELECT 1 FROM {relation} AS e) AS ever,
    pg_catalog.textsend(a.ip) AS ip,
    a.five_minutes,
    a.hour,
    a.accounts,
    EXTRACT(EPOCH FROM a.last_at)::double precision AS last_s,
    pg_catalog.count(a.ip) OVER () AS matching
FROM (SELECT 1) AS one LEFT JOIN addresses AS a ON true
ORDER BY a.five_minutes DESC NULLS LAST, a.hour DESC NULLS LAST, a.ip
LIMIT {most}
