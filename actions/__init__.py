"""May change the world, through one door; knows no terminal."""
