"""What is done to services where they are hosted: Vercel and Render."""
