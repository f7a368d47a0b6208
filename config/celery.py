"""The Celery application: it finds the tasks of every app and is set up by the CELERY_ names in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("jisr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
