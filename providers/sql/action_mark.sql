-- The first statement of an action: the lock of its request, held until the transaction is over,
-- and the number of the transaction. PostgreSQL 12 and later.
SELECT
    pg_catalog.pg_try_advisory_xact_lock($1::text::bigint) AS locked,
    pg_catalog.txid_current()::text AS xid
