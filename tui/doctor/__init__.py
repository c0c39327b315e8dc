"""What is wrong with the set-up, each with its fix."""
