-- Roles as on Supabase, the application's own, and the narrow one that Quarterdeck looks with.
-- {password} is one random password for the application's roles, {watcher} for quarterdeck.
CREATE ROLE anon NOLOGIN;
CREATE ROLE authenticated NOLOGIN;
CREATE ROLE service_role NOLOGIN BYPASSRLS;
CREATE ROLE supabase_auth_admin LOGIN PASSWORD '{password}';
CREATE ROLE authenticator LOGIN NOINHERIT PASSWORD '{password}';
GRANT anon, authenticated, service_role TO authenticator;
CREATE ROLE lma_api LOGIN PASSWORD '{password}';
CREATE ROLE billing LOGIN PASSWORD '{password}';
CREATE ROLE reports LOGIN PASSWORD '{password}';
CREATE ROLE quarterdeck LOGIN PASSWORD '{watcher}' CONNECTION LIMIT 10;
GRANT pg_monitor, pg_use_reserved_connections TO quarterdeck;
ALTER ROLE quarterdeck SET statement_timeout = '5s';
ALTER ROLE quarterdeck SET lock_timeout = '1s';
ALTER ROLE quarterdeck SET default_transaction_read_only = on;
