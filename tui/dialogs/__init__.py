"""Small screens over another one."""
