"""One way to show a table: right-aligned money with a true minus, thirty-pixel rows, no index."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from ui.words import NONE, money, plain

ROW = 30  # pixels
TOTAL: Any = {"font-weight": "600", "background-color": "rgba(128, 138, 155, 0.13)"}  # suits both themes


def height(rows: int, most: int = 20) -> int:
    """Pixels that so many rows take, at most `most` of them; a table beyond that scrolls."""
    return ROW * (max(1, min(rows, most)) + 1) + 3


def frame(rows: Iterable[Sequence[Any]], *names: str) -> pd.DataFrame:
    """Rows as a frame with these column names."""
    return pd.DataFrame(list(rows), columns=list(names))


def styled(
    data: pd.DataFrame,
    amounts: Sequence[str],
    quiet: Sequence[str] = (),
    currency: str = "USD",
    totals: Sequence[int] = (),
) -> Styler:
    """Minor units stay numbers, so that they sort and align right; a zero in a quiet column is a dash.

    `totals` are the positions of rows that are sums of others and stand out.
    """

    def loud(minor: Any) -> str:
        return money(int(minor), currency)

    def hushed(minor: Any) -> str:
        return loud(minor) if minor else NONE

    writing: dict[Any, str | Callable[[object], str] | None] = {
        **dict.fromkeys(amounts, loud),
        **dict.fromkeys(quiet, hushed),
    }
    drawn = data.style.format(writing, na_rep=NONE)
    if totals:
        drawn = drawn.set_properties(subset=(data.index[list(totals)], list(data.columns)), **TOTAL)
    return drawn


def table(
    data: pd.DataFrame,
    amounts: Sequence[str] = (),
    columns: Mapping[str, Any] | None = None,
    *,
    quiet: Sequence[str] = (),
    currency: str = "USD",
    most: int = 20,
    totals: Sequence[int] = (),
    **options: Any,
) -> Any:
    """Show `data`; `amounts` are columns of minor units of `currency`, `quiet` those where a zero is a dash.

    `columns` are Streamlit column configurations, each with a pixel width. Returns what st.dataframe returns.
    """
    config = {name: st.column_config.NumberColumn(alignment="right") for name in (*amounts, *quiet)} | dict(
        columns or {}
    )
    options.setdefault("height", height(len(data), most))
    shown: Any = styled(data, amounts, quiet, currency, totals) if amounts or quiet else data
    return st.dataframe(shown, column_config=config, hide_index=True, row_height=ROW, **options)


def small_table(data: pd.DataFrame, amounts: Sequence[str] = (), currency: str = "USD") -> None:
    """A few rows inside a card: HTML that wraps and that screen readers read. Texts are shown as they are."""
    literal = data.map(lambda cell: plain(cell) if isinstance(cell, str) else cell)  # cells are read as Markdown
    st.table(styled(literal, amounts, (), currency), border="horizontal", hide_index=True, hide_header=True)
