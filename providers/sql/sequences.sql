-- Sequences that are half used up or more, the fullest first: an integer key that ends stops every
-- insert. What this role may not look at has no last_value and is not here. PostgreSQL 12 and later.
SELECT
    pg_catalog.textsend(s.schemaname::text || '.' || s.sequencename::text) AS name,
    s.last_value AS used,
    s.max_value AS allowed
FROM pg_catalog.pg_sequences AS s
WHERE s.last_value > s.max_value / 2 AND s.increment_by > 0 AND NOT s.cycle
ORDER BY s.last_value::numeric / s.max_value DESC
LIMIT {most}
