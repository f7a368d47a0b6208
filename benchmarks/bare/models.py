from django.db import models


class Row(models.Model):
    """What the one page lists."""

    kind = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    place = models.CharField(max_length=100)
    starts_at = models.DateTimeField()

    class Meta:
        app_label = "bare"
        indexes = [models.Index(fields=["kind", "starts_at"], name="row_by_kind")]

    def __str__(self) -> str:
        return self.title
