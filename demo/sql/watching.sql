-- What Quarterdeck's narrow role may see of auth, as docs/providers.md has it: views in a schema of
-- their own, which see what their owner sees, and hold no address, no name and no token.
CREATE SCHEMA quarterdeck;

CREATE VIEW quarterdeck.audit_log_entries AS
SELECT
    id,
    json_build_object(
        'action', payload ->> 'action',
        'actor_id', payload ->> 'actor_id',
        'traits', json_build_object('user_id', payload -> 'traits' ->> 'user_id')
    ) AS payload,
    created_at,
    ip_address
FROM auth.audit_log_entries;

CREATE VIEW quarterdeck.sessions AS
SELECT id, user_id, created_at, refreshed_at, not_after FROM auth.sessions;

CREATE VIEW quarterdeck.users AS
SELECT id, last_sign_in_at, banned_until FROM auth.users;

GRANT USAGE ON SCHEMA quarterdeck TO quarterdeck;
GRANT SELECT ON ALL TABLES IN SCHEMA quarterdeck TO quarterdeck;
GRANT SELECT ON public.sign_in_attempts, public.audit_logs, public.user_roles TO quarterdeck;
