-- Whether the login sees anybody at all.
SELECT EXISTS (SELECT 1 FROM {users}) AS anybody
