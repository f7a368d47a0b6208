"""What a juror may read of an entry: pure.

Free text is shown without telephone numbers, addresses of mail and of networks, the words of the entrant's own name in either script, and
the places that they are from. Rather a word too many is hidden than one too few.
"""

import re
from dataclasses import dataclass, field

from network import search

HIDDEN = "▒▒▒"
# Consonants that two spellings share: fewer are enough for a word that is written like a name.
SHORTEST_SOUND, SHORTEST_OF_A_NAME = 3, 2
# Separators are taken along, and digits of any script: "٠٩١ ٢٣٤ ٥٦٧٨" is a number too.
_PHONE = re.compile(r"(?:\+|\b)\d(?:[\s().\-/]*\d){7,}")
_MAIL = re.compile(r"[\w.+-]+\s*@\s*[\w-]+(?:\s*\.\s*[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b(?:[\w-]+\.)+(?:com|org|net|ly|me|tn|eg|info)\b(?:/\S*)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w[\w.]+")
# A word with the vowel signs within it.
_WORD = re.compile("[^\\W_][^\\W_\u064b-\u0652\u0670\u0640]*(?:[\u064b-\u0652\u0670\u0640’']+[^\\W_]+)*")
# "Abd al-Salam", "عبد السلام": one name in up to three words.
_LONGEST_NAME = 3
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
# What Arabic writes joined to the word that follows.
_ATTACHED = re.compile("^(?:[وف]?[بكل]?ال|[وف]?لل|[وف]?[بكل]|[وف])(?=..)")
# Folded it is the name Ali; written like this it is "on".
_NO_NAMES = frozenset({"على"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What would tell whose an entry is: names, each word of which is hidden, and places, hidden where they stand whole."""

    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    _words: frozenset[str] = field(init=False)
    _sounds: dict[bool, frozenset[str]] = field(init=False)
    _phrases: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        words = {word for name in self.names for word in search.fold(name).split() if len(word) > 1}
        words |= {bare for word in words if len(bare := _ATTACHED.sub("", word)) > 2 and word.startswith("ال")}
        sounds = {
            arabic: frozenset(
                sound
                for word in words
                if search.is_arabic(word) is arabic
                for sound in search.sounds(word)
                if len(sound) >= SHORTEST_OF_A_NAME
            )
            for arabic in (True, False)
        }
        phrases = {tuple(search.fold(place).split()) for place in self.places}
        object.__setattr__(self, "_words", frozenset(words))
        object.__setattr__(self, "_sounds", sounds)
        object.__setattr__(self, "_phrases", tuple(sorted(phrases - {()}, key=len, reverse=True)))

    def is_name(self, word: str) -> bool:
        """Tell whether a word may be one of the names, in whichever script and with whatever is joined to it."""
        if _MARKS.sub("", word) in _NO_NAMES:
            return False
        for form in _forms(word):
            if form in self._words:
                return True
            # The other script's spelling is never letter by letter.
            shared = self._sounds[not search.is_arabic(form)] & search.sounds(form)
            if any(len(sound) >= SHORTEST_SOUND or word[0].isupper() for sound in shared):
                return True
        return False

    def name_at(self, words: list[str], start: int) -> int:
        """Return how many words from `start` on are one of the names."""
        for size in range(_LONGEST_NAME, 1, -1):
            joined = search.words(" ".join(words[start : start + size]))
            if len(joined) == 1 and len(words) >= start + size and self.is_name(joined[0]):
                return size
        return int(self.is_name(words[start]))

    def place_at(self, words: list[str], start: int) -> int:
        """Return how many words from `start` on are the name of a place of theirs."""
        for phrase in self._phrases:
            found = [search.fold(word) for word in words[start : start + len(phrase)]]
            if found[1:] == list(phrase[1:]) and found and phrase[0] in _forms(words[start]):
                return len(phrase)
        return 0


def _forms(word: str) -> list[str]:
    folded = search.fold(word).replace(" ", "")
    bare = _ATTACHED.sub("", folded)
    return [folded] if bare == folded else [folded, bare, f"ال{bare}"]


def mask(text: str, identity: Identity) -> str:
    """Return a text without what would tell whose it is."""
    for pattern in (_MAIL, _LINK, _HANDLE, _PHONE):
        text = pattern.sub(HIDDEN, text)
    found = list(_WORD.finditer(text))
    words = [match.group() for match in found]
    kept, at, number = [], 0, 0
    while number < len(found):
        size = identity.place_at(words, number) or identity.name_at(words, number)
        if size:
            kept += [text[at : found[number].start()], HIDDEN]
            at = found[number + size - 1].end()
        number += size or 1
    return "".join([*kept, text[at:]])
