-- Accounts that are suspended now, the longest first (A:152-160). No address, no name: the id does.
-- One row at least; without any its id is NULL.
SELECT
    b.id IS NOT NULL OR EXISTS (SELECT 1 FROM {users} AS e) AS ever,
    pg_catalog.textsend(b.id) AS id,
    b.until_s,
    b.last_s,
    b.matching
FROM (SELECT 1) AS one LEFT JOIN (
    SELECT
        u.id::text AS id,
        CASE WHEN pg_catalog.isfinite(u.banned_until)
            THEN EXTRACT(EPOCH FROM u.banned_until)::double precision END AS until_s,
        EXTRACT(EPOCH FROM u.last_sign_in_at)::double precision AS last_s,
        u.banned_until,
        pg_catalog.count(*) OVER () AS matching
    FROM {users} AS u
    WHERE u.banned_until > pg_catalog.clock_timestamp()
    ORDER BY u.banned_until DESC, u.id
    LIMIT {most}
) AS b ON true
ORDER BY b.banned_until DESC, b.id
