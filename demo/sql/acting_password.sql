-- On top of acting.sql: reset-password, which is off unless it is allowed. SECURITY.md has the same.
create or replace view quarterdeck_actions.users as
    select id, email, banned_until, updated_at, is_sso_user, deleted_at, encrypted_password
    from auth.users;
revoke select on quarterdeck_actions.users from quarterdeck_action;
grant select (id, email, banned_until, updated_at, is_sso_user, deleted_at),
    update (encrypted_password, updated_at)
    on quarterdeck_actions.users to quarterdeck_action;
