-- One user with what hangs on them. Only what is needed: no token, no hash, no name; the address is
-- masked by the caller. PostgreSQL 12 and later.
SELECT
    u.id::text AS id,
    pg_catalog.textsend(u.email::text) AS email,
    CASE
        WHEN u.banned_until IS NULL THEN NULL
        WHEN pg_catalog.isfinite(u.banned_until) THEN pg_catalog.to_char(
            u.banned_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
        )
        ELSE 'infinity'
    END AS banned_until,
    COALESCE(u.banned_until > pg_catalog.now(), false) AS banned,
    COALESCE(u.is_sso_user, false) AS sso,
    u.deleted_at IS NOT NULL AS deleted,
    (SELECT pg_catalog.count(*) FROM {sessions} AS s WHERE s.user_id = u.id) AS sessions,
    (
        SELECT pg_catalog.count(*) FROM {tokens} AS t
        WHERE t.user_id = u.id::text AND t.session_id IS NULL
    ) AS loose_tokens,
    (SELECT pg_catalog.count(DISTINCT s.ip) FROM {sessions} AS s WHERE s.user_id = u.id)
        AS addresses,
    (
        SELECT pg_catalog.date_part('epoch', pg_catalog.now() - pg_catalog.max(
            GREATEST(s.refreshed_at AT TIME ZONE 'UTC', s.updated_at, s.created_at)
        ))
        FROM {sessions} AS s WHERE s.user_id = u.id
    ) AS used_s
FROM {users} AS u
WHERE u.id = $1::text::uuid
