"""Invented facilities and what is said of them, made through the services as real ones are."""
