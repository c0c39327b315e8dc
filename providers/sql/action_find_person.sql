-- Who has this address: it is unique only among those without single sign-on.
SELECT u.id::text AS id, COALESCE(u.is_sso_user, false) AS sso,
    pg_catalog.textsend(u.email::text) AS email
FROM {users} AS u
WHERE u.email = $1::text AND u.deleted_at IS NULL
ORDER BY u.id
LIMIT 5
