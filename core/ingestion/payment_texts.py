"""What banks print around a payee: kinds of payment, fields with tags, references. Cut away, whatever the country.

The words are those of payment schemes and of cards, not of single banks: they come from printed texts of some forty
countries. Texts are upper case here; every pattern is bounded, so that no text takes long.
"""

import re

_SPACES = re.compile(r"\s+")

# Fields with a label of their own. SEPA's four letters and a plus; /NAME/ of MT940; a word and a colon.
_SEPA_TAG = re.compile(r"(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_SLASH_NAME = re.compile(r"/NAME/([^/]{2,70})")
_NAME_FIELD = re.compile(
    r"(?:^|[\s,;/.])(?:(?:ORIG )?CO(?:MPANY)? NAME|NAAM|NAME|ZAHLUNGSEMPFÄNGER|ZAHLUNGSPFLICHTIGER|EMPFÄNGER"
    r"|AUFTRAGGEBER|BEGÜNSTIGTER?|ZAHLER|BENEFICIARY|BENEFICIAIRE|BÉNÉFICIAIRE|DONNEUR D'ORDRE|CREANCIER|CRÉANCIER"
    r"|ORDINANTE|BENEFICIARIO|CREDITORE|DEBITORE|TEGENPARTIJ|BEGUNSTIGDE|MOTTAGARE|AVSÄNDARE|MODTAGER|SAAJA|MAKSAJA"
    r"|NADAWCA|ODBIORCA|PAYEE|PAYER|MERCHANT|HÄNDLER) ?: ?([^\s:][^:]{1,69})"
)
_NEXT_FIELD = re.compile(  # where the field after a name begins
    r"[ ,;](?:(?:ORIG|CO|DESC|SEC|TRACE|EED|IND|ENTRY)\b|[^\s:+]{2,24}(?: ?[A-Z]{2,6})? ?$|[A-Z]{4}\+).*$"
)

# How the money moved. Longer ways of saying it stand before shorter ones; a nested one is taken off in turn.
_KINDS = (
    # English
    r"(?:SQ|TST|PY|PP|PAYPAL|IC|WPY|CKE|BT|FSP|EB|CCI|PAR|OLO|TOAST|STRIPE|SUMUP|IZ|ZETTLE|IZETTLE|NYA|LS|DD"
    r"|GRAB) ?\*+ ?",
    r"(?:RECURRING|PENDING|PREAUTHORI[SZ]ED|CONTACTLESS|ELECTRONIC|ONLINE|EXTERNAL) (?=DEBIT|CREDIT|CARD|PURCHASE|ACH"
    r"|PAYMENT (?:TO|FROM)\b|PMT|BILL|WITHDRAWAL (?:TO|FROM)|DEPOSIT FROM|POS)",
    r"(?:PURCHASE|PAYMENT|WITHDRAWAL|REFUND|RETURN) AUTHORI[SZ]ED ON [0-9/-]+ ",
    r"(?:VISA|MASTERCARD|MC)? ?(?:DEBIT ?CARD|CHECK ?CARD|DBT CRD|CARD) (?:POS )?(?:PURCHASE|PAYMENT|REFUND|DEBIT"
    r"|CREDIT)?"
    r" ?(?:- |TO |AT )?(?:[X*]{2,}[0-9]{4} )?(?=[^ ])",
    r"SP \*? ?(?!PLUS)(?=[A-Z])",
    r"CHECKCARD (?:[0-9]{3,4} )?",
    r"(?:POS|EFTPOS)[ -]+(?:TRANSACTION|PURCHASE|DEBIT|WITHDRAWAL|WDL|REFUND|PUR|PMT|MERCHANDISE)?[ ;]?"
    r"(?:\([A-Z ]{1,20}\) |- |[0-9]{1,6}[.,][0-9]{2} (?:[A-Z]{2} )?(?:K[0-9] )?)?",
    r"(?:PREAUTH|DIRECT) (?:DEBIT|CREDIT) (?:PAYMENT )?(?:TO |FROM |- )?",
    r"ACH (?:DEBIT|CREDIT|PMT|PAYMENT|DEPOSIT|WITHDRAWAL|TRANSACTION|HOLD)? ?(?:- |FROM |TO )?(?=[^ ])",
    r"(?:DEBIT|CREDIT|PURCHASE|PMT) (?:TO |- |AT )?(?=[A-Z0-9])(?!CARD|MEMO|INTEREST|ADJ|BALANCE"
    r"|TRANSFER)",
    r"(?:BILL (?:PAYMENT|PMT|PAY)|BILLPAY|STANDING ORDER|FASTER PAYMENTS?(?: RECEIPT)?|BANK GIRO CREDIT|BACS|CHAPS|BGC"
    r"|FP[IOS]|S/O|D/D|DDR|TFR|VIS|OSKO(?: PAYMENT)?|BPAY|INTERAC E-?TRANSFER) (?:VIA FASTER PAYMENT )?"
    r"(?:REF\.[^ ]{1,18} )?(?:TO |FROM |- )?",
    r"DD (?=[A-Z]{3})",
    r"(?:VISA|MASTERCARD|MAESTRO) (?:PURCHASE )?(?=[A-Z])(?!DIRECT|CARD|PAYMENT|BILL|ZAHLUNG|KØB)",
    r"PAYMENT (?:TO|FROM) ",
    r"(?:DEPOSIT|WITHDRAWAL|CREDIT|DEBIT) (?:FROM|TO|ACH) ",
    r"DEPOSIT (?=[A-Z0-9])(?!SLIP|BOX|INTEREST|CORRECTION|ADJ)",
    r"(?:RTC EXPRESS PMT|(?:INTERNET|MOBILE) (?:PMT|PAYMENT|TRANSFER)) (?:TO|FROM) ",
    r"(?:ZELLE|VENMO|CASH APP) (?:PAYMENT|TRANSFER|PMT)? ?(?:FROM|TO) ",
    r"INST XFER ",
    r"SENT (?:MONEY )?TO |RECEIVED (?:MONEY )?FROM |(?:SENT|RECEIVED) MONEY (?:TO|FROM) (?:THE )?",
    r"\[[A-Z]{2}\] ?",
    # German
    r"(?:KARTENZAHLUNG|KARTENUMSATZ|GIROCARD|EC-?KARTE(?:NZAHLUNG)?|DEBITKARTE|KREDITKARTE|(?:MASTERCARD|VISA) ZAHLUNG)"
    r"(?: VOM)? ?[-:,]? ",
    r"(?:SEPA[ -])?(?:BASIS|FIRMEN|FOLGE|ERST|EINMAL)?LASTSCHRIFT(?:EINZUG)?(?: VON)? ?[-:,]? ",
    r"(?:SEPA[ -]|ONLINE-?|ECHTZEIT-?|DAUERAUFTRAGS?-?|GUTSCHRIFT )?(?:UEBERWEISUNG|ÜBERWEISUNG|GUTSCHRIFT|DAUERAUFTRAG"
    r"|UMBUCHUNG)(?: AN| VON)? ?[-:,]? ",
    r"ABBUCHUNG (?:ONLINEBANKING )?",
    # French
    r"(?:PAIEMENT|PAIEM\.?|ACHAT|FACTURE|REMISE) (?:PAR )?(?:CB|CARTE)(?: BANCAIRE)?(?: DU)? ",
    r"(?:CARTE|CB)(?: DU)? (?=[0-9*X:])|CB[ :*]+(?=[A-Z])",
    r"VIR(?:EMENT)?\.? (?:(?:SEPA|INST(?:ANTANE)?|INSTANTANÉ|RECU|REÇU|EMIS|ÉMIS|PERMANENT|EUROPEEN|INTERNET|INTERAC)"
    r" )*(?:(?:EN )?FAVEUR (?:DE )?|DE |POUR |A |À ?:? |VERS )?(?=[^ ])",
    r"(?:PRLV|PRELEVEMENT|PRÉLÈVEMENT)(?: SEPA)?(?: DE)? ",
    # Italian, Spanish, Portuguese
    r"BONIFICO (?:(?:SEPA|ISTANTANEO|DISPOSTO|RICEVUTO|ESTERO) )*(?:A (?:VOSTRO )?FAVORE(?: DI)? |DA |A |PER )?",
    r"(?:ADDEBITO|ACCREDITO) (?:(?:DIRETTO|SDD|SEPA|CORE|BONIFICO) )*(?:DA |A )?",
    r"(?:PAGAMENTO|PAGO|PAGTO|COMPRA|ACQUISTO)(?: (?:TRAMITE|CON|C/|NO|EN|PRESSO|COM|C\.))?"
    r"(?: (?:POS|PAGOBANCOMAT|TARJETA|TARJ\.?|CARTA|CARTAO|CARTÃO|DEBITO|CREDITO))* (?:EN |PRESSO |- )?",
    r"PAGOBANCOMAT ",
    r"(?:TRANSFERENCIA|TRANSF\.?|TRF\.?|TRASPASO|BIZUM|PIX|TED)(?: (?:SEPA|INMEDIATA|RECIBIDA|EMITIDA|RECEBID[AO]"
    r"|ENVIAD[AO]))*"
    r" (?:A FAVOR DE |DE |A |PARA |P/ ?|- )?",
    r"(?:RECIBO|ADEUDO)(?: (?:SEPA|DE))* ",
    # Dutch
    r"(?:SEPA )?(?:OVERBOEKING|OVERSCHRIJVING|INCASSO|PERIODIEKE OVERB\.?|BETALING)(?: (?:ALGEMEEN|DOORLOPEND"
    r"|EENMALIG|SEPA))*"
    r"(?: (?:NAAR|VAN|AAN))? ?[-:,]? ",
    r"(?:BETAALAUTOMAAT|BETAALPAS|BEA|IDEAL|PIN)[ ,:]+(?:(?:BETAALPAS|BETALING|APPLE PAY|GOOGLE PAY)[ ,]+)?(?=[^ ])",
    # Nordic, Polish
    r"(?:KORTKÖP|KORTBETALING|KORTKJØP|VAREKJØP|DANKORT-KØB|VISA-KØB|KORTTIOSTO|BETALNING|BETALING|AUTOGIRO"
    r"|BANKGIRO|ÖVERFÖRING"
    r"|OVERFØRSEL|OVERFØRING|SWISH|MOBILEPAY|VIPPS)(?: (?:BETALNING|TILL|TIL|FRÅN|FRA))* ?[-:,]? ",
    r"(?:PŁATNOŚĆ|PLATNOSC|ZAKUP|TRANSAKCJA)(?: PRZY UŻYCIU)? (?:KARTĄ|KARTA|KARTY|BLIK) ",
    r"(?:PRZELEW|PLATBA|ÚHRADA)(?: (?:WYCHODZĄCY|PRZYCHODZĄCY|KARTOU|DO|OD|NA))* ",
)
_OPENING = re.compile("^(?:" + "|".join(_KINDS) + ")")
_LEADING_DATE = re.compile(r"^(?:ON )?\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{4}|\d{2}))?\.? ")
_PAYPAL_INSTANT = re.compile(r"^PAYPAL (?:INST XFER|INSTANT TRANSFER) (?=[A-Z])")
_LETTERS = re.compile(r"[^\W\d_][ .]?[^\W\d_]")

# What follows the payee.
_TAILS = (
    re.compile(r"(?<!:)//.*$"),  # REWE 4140//HAMBURG/DE
    re.compile(
        r" (?:DES|INDN|CO ID|CO REF|PMT INFO|TRN|TRACE(?: NO)?|CONF|CONFIRMATION|(?:PPD|CCD|CTX|WEB|TEL)(?: ID)?"
        r"|TYPE|ID) ?[:#].*$"
    ),
    re.compile(r" ON \d{1,2}/\d{1,2}(?:/\d{2,4})? REF ?#.*$"),  # Zelle, with or without a note behind it
    re.compile(r" FOR (?:INV(?:OICE)?|BILL|ORDER)?[ .:#-]{0,2}\d.*$"),
    re.compile(
        r"[ ,](?:REF(?:ERENCE)?(?: NO)?[:.#]? ?|MANDATE (?:NO|REF) ?|AUTH(?: CODE)? ?[#:]? ?)[A-Z]{0,9}[0-9/-][^ ]*.*$"
    ),
    re.compile(
        r"[ ,.;](?:RECHNUNG(?:SNR|SNUMMER)?|RECHN?\.?-?NR|RG\.?-?NR|KD\.?-?NR|KUNDENN(?:R|UMMER)|VERTRAG(?:SNR)?"
        r"|FACTUUR(?:NR|NUMMER)?"
        r"|FACTURE|FATTURA|FACTURA|FAKTURA|FV|INVOICE|BETALINGSKENMERK|KENMERK|MANDAATID|MACHTIGING|OMSCHRIJVING"
        r"|VERWENDUNGSZWECK|ZAHLUNGSREFERENZ|KUNDENREFERENZ|CAUSALE|MOTIF|CONCEPTO|NUMMER|CARTE|KAART|KARTE|CARTA"
        r"|TARJETA"
        r"|PASNR|PAS|PASVOLGNR|KFN|TERM(?:INAL)?|TRANS(?:ACTIE)?|TAN|IBAN|BIC)(?![A-Z])[ .:#/-]{0,3}(?:NR|NO"
        r"|N°)?[.: ]{0,2}[A-Z*X]{0,4}[0-9].*$"
    ),
    re.compile(
        r"[ ,;](?:CAUSALE|MOTIF|CONCEPTO|OMSCHRIJVING|KENMERK|VERWENDUNGSZWECK|MEDDELANDE|TYTUŁ|MANDAT|MACHTIGING"
        r"|RIF|NOTE|MEMO|OPM) ?:.*$"
    ),
    re.compile(r" ON \d{1,2} [A-Z]{3}(?: [A-Z]{2,4})?$"),
    re.compile(r" VIA (?:APP|MOBILE|ONLINE|INTERNET|APPLE PAY|GOOGLE PAY).*$"),
)
_PAYMENT_TAIL = re.compile(
    r"(?<=[A-Z0-9]{3}) (?:AUTO ?PAY|WEB ?(?:PMT|PAY)|ONLINE (?:PMT|PYMT|PAYMENT)|BILL ?(?:PAYMENT|PMT|PAY)"
    r"|E-?PAY(?:MENT)?|ACH PMT|RECURRING (?:PMT|PYMT|PAYMENT))(?: [0-9X*#]+)*$"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){3,7}(?: [0-9]{1,3})?)\b")
_BIC = re.compile(r"\b(?:BIC[ :]+[A-Z]{6}[A-Z0-9]{2,5}|[A-Z]{6}[A-Z0-9]{2}XXX)\b")


def payee_part(text: str) -> str:
    """Cut what stands before and after the payee of an upper-case text; a gap of spaces stays, it separates a place."""
    text = _fields_opened(text.strip())
    text = _BIC.sub("\t", _IBAN.sub("\t", text)).strip()
    for tail in _TAILS:
        shorter = tail.sub("", text)
        text = shorter if _LETTERS.search(shorter) else text
    for _ in range(6):  # kinds nest: POS DEBIT, SQ *, a date
        shorter = _PAYPAL_INSTANT.sub("", _OPENING.sub("", text, count=1)).lstrip(" -*:,;>)")
        shorter = _LEADING_DATE.sub("", shorter)
        if shorter == text or not _LETTERS.search(shorter):
            break
        text = shorter
    return _PAYMENT_TAIL.sub("", text)


def _fields_opened(text: str) -> str:
    """The name where the text is made of labelled fields, else the text."""
    if "+" in text and (tag := _SEPA_TAG.search(text)):
        parts = _SEPA_TAG.split(text)
        tags = ["", *_SEPA_TAG.findall(text)]
        fields = {name: part.strip() for name, part in reversed(list(zip(tags, parts, strict=True)))}
        named = (fields.get(name, "") for name in ("ABWA+", "ABWE+", "", "SVWZ+"))
        return next((part for part in named if _LETTERS.search(part)), text[tag.end() :])
    if found := _SLASH_NAME.search(text):
        return found[1].strip()
    if ":" in text and (found := _NAME_FIELD.search(_SPACES.sub(" ", text))):
        rest = _SPACES.sub(" ", text)[found.end() : found.end() + 1]
        name = (
            _NEXT_FIELD.sub("", found[1])
            if rest == ":" or found[0].lstrip(" /,;.").startswith(("ORIG", "CO"))
            else found[1]
        )
        return name if _LETTERS.search(name) else text
    return text
