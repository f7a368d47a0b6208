"""What is needed and what is left over: our own short vocabulary."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from needs.enums import Unit
from network.models.vocabularies import Term
from network.validators import plain_line


class ItemCategory(Term):
    """A group of items, as a list shows them."""

    class Meta:
        verbose_name = _("category of items")
        verbose_name_plural = _("categories of items")


class Item(Term):
    """A device, tool, gas or consumable. Items of one `use` can stand in for each other in part."""

    category = models.ForeignKey(
        ItemCategory, on_delete=models.PROTECT, related_name="items", verbose_name=_("category")
    )
    use = models.SlugField(_("serves the same use as"), max_length=40, blank=True)
    # Each piece is looked after one by one: what comes is listed as equipment.
    durable = models.BooleanField(_("equipment"), default=False)
    unit = models.CharField(_("counted in"), max_length=8, choices=Unit, default=Unit.PIECE)
    # Left empty where it is not sure.
    official_code = models.CharField(
        _("code of a published list"),
        max_length=40,
        blank=True,
        validators=[plain_line],
        help_text=_("EMDN or another."),
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
