-- When somebody signed in last: later than the last audit entry means that none is written any more.
SELECT EXTRACT(EPOCH FROM pg_catalog.max(s.created_at))::double precision AS newest_s
FROM {sessions} AS s
