-- Whether there is a session of this pid that our role may not look at: not the same as none.
SELECT pg_catalog.count(*) > 0 AS hidden
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::text::int AND a.backend_start IS NULL
