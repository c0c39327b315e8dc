-- Accounts that got an administrator's role in the last 24 hours, from the product's own table of
-- roles (A:462-481), newest first; and how many administrators there are.
SELECT
    (SELECT pg_catalog.count(*) FROM {relation} AS f WHERE {role}::text = ANY ({roles})) AS admins,
    EXISTS (SELECT 1 FROM {relation} AS e) AS ever,
    pg_catalog.textsend(n.account) AS account,
    pg_catalog.textsend(n.role) AS role,
    pg_catalog.textsend(n.granted_by) AS granted_by,
    EXTRACT(EPOCH FROM n.at)::double precision AS at_s,
    n.matching
FROM (SELECT 1) AS one LEFT JOIN (
    SELECT
        {account}::text AS account, {role}::text AS role, {by}::text AS granted_by,
        {at}::timestamptz AS at, pg_catalog.count(*) OVER () AS matching
    FROM {relation} AS f
    WHERE {at} > pg_catalog.clock_timestamp() - INTERVAL '1 day' AND {role}::text = ANY ({roles})
    ORDER BY {at} DESC LIMIT {most}
) AS n ON true
ORDER BY n.at DESC
