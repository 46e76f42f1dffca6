"""One company's bank file of any length, with the texts of a simulated one and amounts and days drawn anew."""

import random
from datetime import date, timedelta

from core.money import decimal_text
from core.simulation.simulate import simulate

FIRST_ON = date(2024, 1, 1)


def bank_file(rows: int, seed: int = 42) -> bytes:
    """A CSV of so many lines over ten years at most, with running balance; the same bytes at every call."""
    draw = random.Random(seed)
    texts = sorted({(row.description, row.amount_minor) for row in simulate()[0].truth})
    days = max(30, min(3650, rows // 40))
    balance, lines = 5_000_000_00, ["Date,Description,Amount,Balance"]
    for number in range(rows):
        text, size = draw.choice(texts)
        amount = size + draw.randint(-abs(size) // 10, abs(size) // 10)
        balance += amount
        on = FIRST_ON + timedelta(days=number * days // rows)
        lines.append(
            f'{on},"{text} {draw.randint(1000, 9999)}",{decimal_text(amount, "USD")},{decimal_text(balance, "USD")}'
        )
    return ("\n".join(lines) + "\n").encode()
