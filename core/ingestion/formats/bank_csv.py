"""Statements as tables of text: CSV and its relatives with any delimiter."""

from core.ingestion.formats.fixed_width import is_fixed_width
from core.ingestion.formats.labelled import is_labelled
from core.ingestion.formats.signatures import name_of_unreadable, signature
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.explaining import text_evidence
from core.ingestion.formats.tabular.reading import Source, read_known, read_table
from core.ingestion.formats.tabular.records import find_delimiter, split_records
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement

_HEAD = 2_000


class BankCsv:
    """The format object of delimited text."""

    name = "csv"

    def recognises(self, file: RawFile) -> bool:
        if signature(file.content) or name_of_unreadable(file.content):
            return False
        if is_fixed_width(file.content) or is_labelled(file.content):
            return False
        head = file.content[:_HEAD]
        if b"\0" not in head:
            head = head[: head.rfind(b"\n") + 1] or head  # whole lines, so that no character is cut
        return bool(find_delimiter(decode(head)[0]) or find_delimiter(decode(file.content[: 20 * _HEAD])[0]))

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement, by the given layout where it still fits, else by one that is detected.

        Raises what `read_table` raises.
        """
        answers = layout or Layout()
        if answers.complete and not answers.by_hand:
            saved = self._source(file, answers.encoding, answers.delimiter)
            if known := read_known(saved, answers, currency):
                return known
            return read_table(self._source(file, "", ""), answers, currency)
        return read_table(self._source(file, answers.encoding, answers.delimiter), answers, currency)

    def _source(self, file: RawFile, encoding: str, delimiter: str) -> Source:
        text, encoding = decode(file.content, encoding)
        if len(delimiter) != 1:  # none, or the word that layouts of other formats have in its place
            delimiter = find_delimiter(text)
        records = split_records(file.name, text, delimiter)
        why = text_evidence(file.content, text, encoding, delimiter)
        return Source(self.name, file.name, encoding, delimiter, records, why, file.made_by)
