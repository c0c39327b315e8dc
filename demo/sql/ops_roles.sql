-- The role of the products' own scripts: it reads everything for a backup, past row security.
CREATE ROLE ops LOGIN PASSWORD '{password}' BYPASSRLS CONNECTION LIMIT 3;
GRANT pg_read_all_data TO ops;
