"""Read a list of facilities for all sides, or for one; a dry run unless it is told to apply."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import activate, override

from facilities import policies, services
from facilities.lists.columns import Column
from facilities.lists.enums import Decision, Outcome
from facilities.lists.faults import sentences
from facilities.models import FacilityImport, ImportRow, Source
from network import files
from network.enums import DomainError
from network.models import Region


class Command(BaseCommand):
    help = "Read a list of facilities (csv, xlsx) and tell what it would change; with --apply, take it over in one transaction."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, where it comes from, and what to do with it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="Take the list over; without it nothing is written.")
        parser.add_argument("--source", default="", help="Code of the source; made of the file's name if left out.")
        parser.add_argument("--name", default="", help="Name of a source that is not known yet.")
        parser.add_argument("--licence", default="", help="Licence of a source that is not known yet.")
        parser.add_argument("--credit", default="", help="Credit of a source that is not known yet.")
        parser.add_argument(
            "--apart",
            action="store_true",
            help="A source not known yet is kept apart in open data; so is one whose licence asks for the same licence.",
        )
        parser.add_argument("--side", default="", help="Code of the one side whose facilities the list may touch.")
        parser.add_argument("--official", action="store_true", help="The list is the word of that side.")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADING=CODE",
            help="What a column is; no CODE: not taken.",
        )
        parser.add_argument(
            "--duplicates",
            choices=("leave", "merge", "new"),
            default="leave",
            help="What becomes of possible duplicates that nobody has decided; left out unless told otherwise.",
        )
        parser.add_argument("--show", type=int, default=20, help="How many rows of each kind are shown; 0 for all.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tell, and take over where that was asked for."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        stored: list[str] = []
        try:
            if options["apply"]:
                self._run(path, options, stored)
            else:
                # A dry run leaves nothing behind, not even that it was.
                with transaction.atomic():
                    self._run(path, options, stored)
                    transaction.set_rollback(True)
                self.stdout.write("Nothing was written. With --apply the list is taken over.")
        except DomainError as error:
            activate("en")
            raise CommandError(str(error)) from error
        finally:
            for name in stored if not options["apply"] else ():
                files.path_of(name, services.LISTS).unlink(missing_ok=True)

    def _run(self, path: Path, options: dict[str, Any], stored: list[str]) -> None:
        batch = services.upload_list(
            source=self._source(path, options),
            side=self._side(options["side"]),
            official=options["official"],
            upload=(path.name, path.read_bytes()),
            by=None,
        )
        stored.append(batch.stored)
        batch.mapping = {**batch.mapping, **self._columns(options["column"], batch)}
        services.check_columns(batch.mapping)
        batch.save(update_fields=["mapping"])
        for heading in batch.headings:
            self.stdout.write(f"  {heading}: {batch.mapping.get(heading) or '(kept with the row, not taken)'}")
        batch = services.read_list(batch=batch, tell=self._telling("read"), by=None)
        with override("en"):
            self._told(batch, options["show"])
        if not options["apply"]:
            return
        undecided = services.decide_rows(batch=batch, decision=options["duplicates"], by=None)
        if undecided:
            words = {"leave": "left out", "merge": "merged", "new": "listed as new"}[options["duplicates"]]
            self.stdout.write(f"Possible duplicates {words}: {undecided}")
        try:
            services.apply_list(batch=batch, tell=self._telling("taken over"), by=None)
        except services.NothingToTakeOver:
            services.discard_list(batch=batch, by=None)
            self.stdout.write("Nothing to change.")
            return
        except BaseException:
            services.discard_list(batch=batch, by=None)
            raise
        self.stdout.write(self.style.SUCCESS("Taken over."))

    def _source(self, path: Path, options: dict[str, Any]) -> Source:
        code = options["source"] or slugify(path.stem)[:40] or "list"
        name = options["name"] or path.stem[:120]
        apart = options["apart"] or policies.shares_alike(options["licence"])
        source, made = Source.objects.get_or_create(
            code=code,
            defaults={
                "name_ar": name,
                "name_en": name,
                "licence": options["licence"],
                "credit_ar": options["credit"],
                "credit_en": options["credit"],
                "is_open": apart,
            },
        )
        if apart and not source.is_open:
            raise CommandError(
                f"The source “{code}” is known and not kept apart in open data: choose that in the admin."
            )
        if made and not source.licence:
            self.stderr.write(f"Of the source “{code}” no licence is known: give one with --licence, or in the admin.")
        if made and source.is_open:
            self.stdout.write(f"What comes from “{code}” is kept apart in open data.")
        return source

    @staticmethod
    def _side(code: str) -> Region | None:
        if not code:
            return None
        side = Region.objects.filter(code=code).first()
        if side is None:
            raise CommandError(f"There is no side {code}.")
        return side

    @staticmethod
    def _columns(given: list[str], batch: FacilityImport) -> dict[str, str]:
        chosen = {}
        for each in given:
            heading, _equals, code = each.rpartition("=")
            if heading not in batch.headings:
                raise CommandError(f"There is no column “{heading}”; there are {', '.join(batch.headings)}.")
            if code and code not in Column.values:
                raise CommandError(f"“{code}” is no column; there are {', '.join(Column.values)}.")
            chosen[heading] = code
        return chosen

    def _telling(self, word: str) -> Any:
        def tell(done: int, total: int) -> None:
            self.stdout.write(f"{word}: {done} of {total}", ending="\r" if self.stdout.isatty() else "\n")

        return tell

    def _told(self, batch: FacilityImport, most: int) -> None:
        self.stdout.write("")
        for outcome in Outcome:
            self.stdout.write(f"{outcome.value}: {batch.count_of(outcome)}")
        for outcome in (Outcome.ERROR, Outcome.DUPLICATE, Outcome.CHANGED):
            rows = ImportRow.objects.filter(batch=batch, outcome=outcome).select_related("facility").order_by("line")
            shown = rows[:most] if most else rows
            for row in shown:
                self.stdout.write(f"line {row.line} ({row.external_id}) {outcome.value}: {self._words(row)}")
            if (left := batch.count_of(outcome) - len(shown)) > 0:
                self.stdout.write(f"… and {left} more of these; --show 0 shows all.")

    @staticmethod
    def _words(row: ImportRow) -> str:
        if row.outcome == Outcome.ERROR:
            return " ".join(sentences(row.errors))
        if row.outcome == Outcome.DUPLICATE:
            what = row.facility.code if row.facility else f"line {row.twin_line}"
            decided = f"; decided last time: {row.decision}" if row.decision == Decision.LEAVE else ""
            name = row.values["columns"].get("name_ar") or row.values["columns"].get("name_en", "")
            return f"{name} = {what}?{decided}"
        return "; ".join(f"{name}: {old or '-'} → {new or '-'}" for name, (old, new) in row.difference.items())
