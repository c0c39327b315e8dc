"""Actions that the configuration itself describes: a request, statements, or a program."""
