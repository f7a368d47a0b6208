"""By what a facility stands in a list: by what tells it from others, not by what it is."""

from network import search

# Words with which names begin that say what a facility is; folded, without the article.
WHAT_IT_IS = frozenset(
    search.fold(
        """
        مستشفى مركز عيادة عيادات صيدلية مستوصف مختبر مختبرات معمل مجمع مصحة مصرف بنك وحدة نقطة دار قسم صحي صحية طبي طبية عام
        عامة تعليمي تخصصي تخصصية قروي رعاية أولية لطب طب أسنان الدم
        hospital clinic clinics polyclinic centre center pharmacy laboratory lab dispensary unit medical health general
        teaching rural primary care dental the of for
        """
    ).split()
)


def distinctive(name: str) -> str:
    """Return a name from the first word on that does not say what the place is; all of it where every word does."""
    words = name.split()
    for place, word in enumerate(words):
        folded = search.fold(word).removeprefix("ال")
        if folded and folded not in WHAT_IT_IS:
            return " ".join(words[place:])
    return name
