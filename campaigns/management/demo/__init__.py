"""Invented entries of the media log and campaigns, made through the services as real ones are."""
