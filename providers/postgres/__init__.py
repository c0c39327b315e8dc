"""PostgreSQL as an on-call engineer looks at it: read only, bounded, a good guest."""
