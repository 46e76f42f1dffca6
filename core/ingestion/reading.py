"""From the bytes of a file to a Statement: the one place that decides which format reads it."""

from typing import Protocol

from core.errors import AmbiguousStatement, UnknownFormat
from core.ingestion.formats.bank_csv import BankCsv
from core.ingestion.formats.bank_workbook import Workbook
from core.ingestion.formats.camt import Camt
from core.ingestion.formats.fixed_width import FixedWidth
from core.ingestion.formats.labelled import Labelled
from core.ingestion.formats.mt940 import Mt940
from core.ingestion.formats.ofx import Ofx
from core.ingestion.formats.qif import Qif
from core.ingestion.formats.signatures import name_of_unreadable
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement


class Format(Protocol):
    """A kind of statement file. The content decides whether it is one, never the file's name."""

    name: str

    def recognises(self, file: RawFile) -> bool:
        """Whether the bytes look like this format; cheap, never raises."""
        ...

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement. Raises a StatementRefused with a sentence where the file cannot be read with certainty."""
        ...


FORMATS: tuple[Format, ...] = (Ofx(), Camt(), Mt940(), Qif(), Workbook(), FixedWidth(), Labelled(), BankCsv())


def read_statement(file: RawFile, layout: Layout | None = None, currency: str = "") -> Statement:
    """Let the one format that recognises the file read it; refuse none or several.

    Args:
        file: name and bytes; only the bytes decide how it is read.
        layout: how this bank wrote before, or a person's answers to what the file leaves open. It is verified, and
            where the file no longer follows it, the file is read afresh with a warning.
        currency: ISO code of the bank account, for lines whose currency the file does not name. Without it such
            lines carry currency "" and amounts in hundredths.

    Returns:
        One AccountStatement per bank account and currency; faulty rows are among `problems`, never silently dropped.

    Raises:
        UnknownFormat: no format reads it, with what it seems to be.
        AmbiguousStatement: more than one reading remains; `candidates` lists them, `layouts` answers each.
        InvalidLines: it is a statement, but no row of it can be read.
    """
    forms = [form for form in FORMATS if form.recognises(file)]
    if not forms and layout and layout.by_hand:
        forms = [BankCsv()]  # a person sees rows and columns where detection sees none
    match forms:
        case [form]:
            return form.read(file, layout, currency)
        case []:
            why = name_of_unreadable(file.content) or "It holds no table, and is no OFX, CAMT, MT940 or QIF file."
            raise UnknownFormat(file.name, why)
        case several:
            raise AmbiguousStatement(file.name, "several formats recognise it", [form.name for form in several])
