"""Invented needs, made through the services as real ones are."""
