-- Whether the transaction of a request is over: then its lock is free. Given back at the end.
SELECT pg_catalog.pg_try_advisory_xact_lock($1::text::bigint) AS over
