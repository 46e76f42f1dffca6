"""Dates with the name of the month, as banks of many languages write them."""

from datetime import date

import pytest

from core.ingestion.formats.tabular.dates import read_parts, to_date

WRITTEN = {
    "en": ["15 January 2024", "Jan 15, 2024", "Monday, January 15, 2024", "15-Jan-24", "15JAN2024", "2024-Jan-15"],
    "de": ["15. Januar 2024", "15 Jan. 2024"],
    "fr": ["15 janv. 2024", "15 janvier 2024"],
    "es": ["15 ene 2024", "15 de enero de 2024"],
    "it": ["15 gen 2024", "15 gennaio 2024"],
    "pt": ["15 de janeiro de 2024", "15/jan/2024"],
    "nl": ["15 jan. 2024", "15-januari-2024"],
    "sv": ["15 januari 2024"],
    "nb": ["15. januar 2024"],
    "fi": ["15. tammikuuta 2024"],
    "pl": ["15 stycznia 2024", "15 sty 2024"],
    "cs": ["15. ledna 2024"],
    "hu": ["2024. január 15."],
    "tr": ["15 Ocak 2024"],
    "ru": ["15 января 2024 г.", "15 янв. 2024"],
    "ja": ["2024年1月15日"],
}


@pytest.mark.parametrize("text", [text for texts in WRITTEN.values() for text in texts])
def test_a_month_in_words_leaves_no_order_open(text: str) -> None:
    parts = read_parts(text)
    assert parts is not None
    assert {to_date(parts, order) for order in ("DMY", "MDY", "YMD")} == {date(2024, 1, 15)}


@pytest.mark.parametrize("text", ["15 listopada 2024", "15 lip 2024", "15 srp 2024"])
def test_a_word_that_means_two_months_in_two_languages_is_no_month(text: str) -> None:
    assert read_parts(text) is None
