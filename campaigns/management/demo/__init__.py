"""Invented entries of the media log, made through the services as real ones are."""
