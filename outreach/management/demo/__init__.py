"""Invented mobile units, safe spaces and pathways, made through the services as real ones are."""
