"""The configuration file: read, validated with lines and columns, explained."""
