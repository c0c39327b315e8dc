-- The role of a user in the product; no row: none was given.
SELECT pg_catalog.textsend(r.{role}::text) AS role
FROM {roles} AS r
WHERE r.{account}::text = $1::text
LIMIT 2
