"""Check the message catalogues; with --collect bring them up to date with the code, with --compile write the .mo files."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

DOMAINS = {"django": ["html", "txt", "py"], "djangojs": ["js"]}
IGNORED = ["var/*", "staticfiles/*", "tests/*", "benchmarks/*", "docs/*"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
# How the comment of an entry begins that words a message of theirs anew.
OVERRIDES = ("allauth:", "Django:")
ARABIC_PLURALS = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
)


def catalogues() -> list[Path]:
    """Return every catalogue of ours, sorted."""
    return sorted(path for root in settings.LOCALE_PATHS for path in Path(root).glob("*/LC_MESSAGES/*.po"))


def entry_faults(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with one Arabic entry."""
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(texts):
        yield "is not translated"
    if entry.msgid_plural and len(texts) != 6:
        yield f"has {len(texts)} of 6 plural forms"
    known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    for text in filter(None, texts):
        used = set(PLACEHOLDER.findall(text))
        # Arabic says "one" and "two" without the number, and another wording may do without; elsewhere nothing is lost.
        may_leave_out = entry.msgid_plural or entry.tcomment.startswith(OVERRIDES)
        if used - known or (known - used and not may_leave_out):
            yield f"has other placeholders: {text}"


def catalogue_faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with one catalogue."""
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.fuzzy:
            yield f"{entry.msgid!r} is fuzzy"
        if path.parts[-3] == "ar":
            yield from (f"{entry.msgid!r} {fault}" for fault in entry_faults(entry))
    if any(entry.msgid_plural for entry in catalogue) and path.parts[-3] == "ar":
        declared = catalogue.metadata.get("Plural-Forms", "").replace(" ", "")
        if declared.rstrip(";") != ARABIC_PLURALS.replace(" ", "").rstrip(";"):
            yield f"has other plural forms than Django's: {declared}"
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        yield "is newer than its .mo file"


def keys(entries: list[polib.POEntry]) -> set[tuple[str, str]]:
    """Return what a lookup goes by."""
    return {(entry.msgctxt or "", entry.msgid) for entry in entries if not entry.obsolete}


def is_override(entry: polib.POEntry, path: Path) -> bool:
    """Tell whether it words a message of Django or allauth anew: by a comment that says so; in JavaScript all do."""
    return not entry.obsolete and (path.stem == "djangojs" or entry.tcomment.startswith(OVERRIDES))


def missing_from_catalogues() -> Iterator[str]:
    """Yield every message of the code that the Arabic catalogues lack, found by gettext in a copy of the tree."""
    skipped = shutil.ignore_patterns(".*", "var", "staticfiles", "tests", "benchmarks", "docs", "*.po", "*.mo")
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        shutil.copytree(settings.BASE_DIR, copy, ignore=skipped)
        (copy / "locale").mkdir(exist_ok=True)
        for domain, extensions in DOMAINS.items():
            command = [sys.executable, "manage.py", "makemessages", "--keep-pot", "--locale", "ar", "--domain", domain]
            command += [f"--extension={','.join(extensions)}"]
            subprocess.run(command, cwd=copy, check=True, capture_output=True)
            template = copy / "locale" / f"{domain}.pot"
            used = keys(polib.pofile(str(template))) if template.exists() else set()
            known = set()
            for path in catalogues():
                if path.stem == domain and path.parts[-3] == "ar":
                    known |= keys(polib.pofile(str(path)))
            yield from (f"{domain}: {message!r} is in the code and not in the catalogue" for _, message in used - known)


class Command(BaseCommand):
    """Fail on an empty or fuzzy Arabic message, on a stale .mo file and on a message that the catalogues don't know."""

    help = "Check, collect or compile the message catalogues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one of two options."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--collect", action="store_true", help="bring the .po files up to date with the code")
        choice.add_argument("--compile", action="store_true", help="write the .mo files")

    def handle(self, *args: Any, collect: bool, compile: bool, **options: Any) -> None:
        """Do what was asked."""
        if collect:
            self.collect()
        elif compile:
            for path in catalogues():
                path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())
        else:
            self.check_all()

    def collect(self) -> None:
        """Run makemessages without what changes at every run, and without losing what our code doesn't say itself.

        The English catalogue is left alone: it only words anew what Django and allauth say.
        """
        arabic = [path for path in catalogues() if path.parts[-3] == "ar"]
        kept = {path: [entry for entry in polib.pofile(str(path)) if is_override(entry, path)] for path in arabic}
        for domain, extensions in DOMAINS.items():
            call_command(
                "makemessages",
                locale=["ar"],
                domain=domain,
                extensions=extensions,
                ignore_patterns=IGNORED,
                no_location=True,
                no_obsolete=True,
                verbosity=0,
            )
        for path in arabic:
            catalogue = polib.pofile(str(path), wrapwidth=120)
            present = keys(catalogue)
            catalogue.extend(entry for entry in kept.get(path, []) if not keys([entry]) & present)
            catalogue.header, catalogue.metadata_is_fuzzy = "Messages of Jisr.", False
            catalogue.metadata.pop("POT-Creation-Date", None)
            catalogue.metadata["Plural-Forms"] = ARABIC_PLURALS
            catalogue.save()

    def check_all(self) -> None:
        """Print every fault, then fail if there was one."""
        found = catalogues()
        if not any(path.parts[-3] == "ar" for path in found):
            raise CommandError("There is no Arabic catalogue.")
        faults = [
            f"{path.relative_to(settings.BASE_DIR)}: {fault}" for path in found for fault in catalogue_faults(path)
        ]
        if shutil.which("xgettext"):
            faults += sorted(missing_from_catalogues())
        else:
            self.stdout.write("gettext is absent: the catalogues were not compared with the code.")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in the catalogues. `make messages` collects and compiles.")
        self.stdout.write(f"{len(found)} catalogues are complete and fresh.")
