-- The login of actions, as narrow as they allow: {actor} is its password. SECURITY.md has the same.
create role quarterdeck_action login password '{actor}' connection limit 3;
alter role quarterdeck_action set default_transaction_read_only = on;

-- cancel-query, end-session
grant pg_read_all_stats, pg_signal_backend to quarterdeck_action;

-- people: views that see what their owner sees, with the columns that are needed and no others
create schema quarterdeck_actions;
create view quarterdeck_actions.users as
    select id, email, banned_until, updated_at, is_sso_user, deleted_at from auth.users;
create view quarterdeck_actions.sessions as
    select id, user_id, created_at, updated_at, refreshed_at, ip from auth.sessions;
create view quarterdeck_actions.refresh_tokens as
    select id, user_id, session_id from auth.refresh_tokens;
grant usage on schema quarterdeck_actions to quarterdeck_action;
grant select on all tables in schema quarterdeck_actions to quarterdeck_action;

-- suspend-user, enable-user, revoke-access
grant update (banned_until, updated_at) on quarterdeck_actions.users to quarterdeck_action;
-- revoke-sessions, revoke-access
grant delete on quarterdeck_actions.sessions, quarterdeck_actions.refresh_tokens
    to quarterdeck_action;
-- grant-admin, revoke-admin
grant select, insert (user_id, role, updated_by, updated_at),
    update (role, updated_by, updated_at) on public.user_roles to quarterdeck_action;
-- the product's audit row, and finding it again
grant select, insert (user_id, action, details, created_at) on public.audit_logs
    to quarterdeck_action;
