"""What ties the apps together: settings, addresses, background work and the web server. Nothing of the domain."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
