"""Invented measures, made through the services as real ones are."""
