"""What Quarterdeck costs: start-up, keys, idle, bytes, memory, checks. `make bench` runs it all."""
