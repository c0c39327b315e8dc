-- Staging's database, a copy of production's: here, and nowhere else, the scripts' role may write.
GRANT INSERT, TRUNCATE ON ALL TABLES IN SCHEMA auth, public TO ops;
