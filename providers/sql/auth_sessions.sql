-- Sessions that have not expired. refreshed_at is a time without zone, in UTC.
SELECT
    pg_catalog.count(*) AS sessions,
    pg_catalog.count(*) FILTER (
        WHERE s.not_after IS NULL OR s.not_after > pg_catalog.clock_timestamp()
    ) AS active,
    pg_catalog.count(DISTINCT s.user_id) FILTER (
        WHERE s.not_after IS NULL OR s.not_after > pg_catalog.clock_timestamp()
    ) AS accounts,
    pg_catalog.count(*) FILTER (
        WHERE s.created_at > pg_catalog.clock_timestamp() - INTERVAL '1 hour'
    ) AS begun,
    pg_catalog.count(*) FILTER (
        WHERE COALESCE(s.refreshed_at AT TIME ZONE 'UTC', s.created_at)
            > pg_catalog.clock_timestamp() - INTERVAL '1 day'
    ) AS used
FROM {sessions} AS s
