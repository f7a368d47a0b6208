"""The demo: invented people and sessions, made through the services that real ones go through. For a machine's own user alone."""
