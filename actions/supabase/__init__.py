"""Actions on a Supabase project, through the management API."""
