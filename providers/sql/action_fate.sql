-- How a transaction ended; null when it is too long ago. PostgreSQL 12 and later.
SELECT pg_catalog.txid_status($1::text::bigint) AS status
