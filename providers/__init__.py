"""I/O with outside systems, and nothing else: answers in, readings out."""
