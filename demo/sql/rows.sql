-- Some weeks of business, invented; the same rows every time but for the dates.
SELECT setseed(0.42);

-- They fit together as they are made: nobody need look each of them up.
SET session_replication_role = replica;

-- The password of all of them is: correct horse battery staple
INSERT INTO auth.users (
    id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at
)
SELECT
    md5('user' || g)::uuid, 'authenticated', 'authenticated', 'user' || g || '@example.com',
    '$2a$10$qZU8ebkfTZdtd2R3OKm.vOGg7cw2FAC3gDFYnPjEwYwwmATFccQ32',
    now() - g * interval '3 hours', now() - g * interval '9 minutes',
    '{"provider": "email"}', '{}', now() - g * interval '3 hours', now()
FROM generate_series(1, 400) AS g;

INSERT INTO auth.sessions (
    id, user_id, created_at, updated_at, aal, refreshed_at, user_agent, ip
)
SELECT
    md5('session' || g)::uuid, md5('user' || (1 + g % 400))::uuid, now() - g * interval '20 minutes',
    now(), 'aal1', now() AT TIME ZONE 'UTC', 'Mozilla/5.0', ('198.51.100.' || g % 250)::inet
FROM generate_series(1, 600) AS g;

INSERT INTO auth.refresh_tokens (token, user_id, revoked, created_at, updated_at, session_id)
SELECT
    md5('token' || g), md5('user' || (1 + g % 400))::uuid::text, g % 3 = 0,
    now() - g * interval '10 minutes', now(), md5('session' || (1 + g % 600))::uuid
FROM generate_series(1, 900) AS g;

INSERT INTO auth.audit_log_entries (id, payload, created_at, ip_address)
SELECT
    md5('entry' || g)::uuid,
    json_build_object(
        'action', (ARRAY['login', 'token_refreshed', 'token_revoked', 'logout'])[1 + g % 4],
        'actor_id', md5('user' || (1 + g % 400))::uuid,
        'actor_username', 'user' || (1 + g % 400) || '@example.com',
        'actor_via_sso', false,
        'log_type', CASE WHEN g % 4 IN (0, 3) THEN 'account' ELSE 'token' END
    ),
    now() - g * interval '2 minutes',
    CASE WHEN g % 11 = 0 THEN '' ELSE '198.51.100.' || g % 250 END
FROM generate_series(1, 2000) AS g;

INSERT INTO public.orders (merchant_id, user_id, status, total, created_at)
SELECT
    1 + g % 37, md5('user' || (1 + g % 400))::uuid,
    (ARRAY['open', 'paid', 'settled', 'refunded'])[1 + g % 4], 5 + g % 190,
    now() - g * interval '7 minutes'
FROM generate_series(1, 5000) AS g;

INSERT INTO public.items (order_id, title, quantity, price)
SELECT 1 + g % 5000, 'Ticket ' || g % 60, 1 + g % 4, 5 + g % 60
FROM generate_series(1, 12000) AS g;

INSERT INTO public.payments (order_id, status, total, created_at)
SELECT
    1 + g % 5000, CASE WHEN g % 50 = 0 THEN 'failed' ELSE 'succeeded' END, 5 + g % 190,
    now() - g * interval '8 minutes'
FROM generate_series(1, 4000) AS g;

INSERT INTO public.events (title, starts_at, created_at)
SELECT 'Event ' || g, now() + g * interval '5 hours', now() - g * interval '6 hours'
FROM generate_series(1, 300) AS g;

INSERT INTO public.registrations (event_id, user_id, created_at)
SELECT 1 + g % 300, md5('user' || (1 + g % 400))::uuid, now() - g * interval '11 minutes'
FROM generate_series(1, 3000) AS g;

INSERT INTO public.user_roles (user_id, role, updated_by, updated_at)
SELECT
    md5('user' || g)::uuid, CASE WHEN g <= 3 OR g = 144 THEN 'admin' ELSE 'user' END,
    CASE WHEN g = 144 THEN 'emergency_access_protocol' ELSE 'setup' END,
    now() - CASE WHEN g = 144 THEN interval '5 hours' ELSE (g + 16) * interval '3 hours' END
FROM generate_series(1, 400) AS g;

INSERT INTO public.audit_logs (user_id, action, details, created_at)
SELECT
    md5('user' || (1 + g % 3))::uuid,
    (ARRAY['user_role_change', 'data_export', 'admin_access', 'profile_viewed'])[1 + g % 4],
    json_build_object('target', md5('user' || (140 + g))::uuid), now() - g * interval '5 hours'
FROM generate_series(1, 40) AS g;

INSERT INTO public.sign_in_attempts (account_hash, ip, outcome, created_at)
SELECT
    md5('user' || (1 + g % 400)), ('192.0.2.' || (1 + g % 40))::inet,
    CASE WHEN g % 4 = 0 THEN 'failed' ELSE 'ok' END, now() - g * interval '70 seconds'
FROM generate_series(1, 600) AS g;

INSERT INTO auth.audit_log_entries (id, payload, created_at, ip_address)
SELECT
    md5('admin entry' || g)::uuid,
    json_build_object(
        'action', (ARRAY['user_invited', 'user_modified', 'user_deleted'])[g],
        'actor_id', md5('user' || g)::uuid, 'actor_username', 'user' || g || '@example.com',
        'actor_via_sso', false, 'log_type', 'team',
        'traits', json_build_object('user_id', md5('user' || (200 + g))::uuid)
    ),
    now() - g * interval '4 hours', '198.51.100.9'
FROM generate_series(1, 3) AS g;

UPDATE auth.users SET banned_until = now() + interval '7 days' WHERE id = md5('user301')::uuid;
UPDATE auth.users SET banned_until = now() + interval '30 days' WHERE id = md5('user302')::uuid;

-- Only these: to look at the catalogs too takes twice as long.
DO $$
DECLARE
    filled regclass;
BEGIN
    FOR filled IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace IN ('auth'::regnamespace, 'public'::regnamespace)
    LOOP
        EXECUTE format('ANALYZE %s', filled);
    END LOOP;
END $$;

RESET session_replication_role;
