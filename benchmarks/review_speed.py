"""Speed as the reviewer feels it: from a key pressed in the browser to the next group, ready for the next key.

python -m benchmarks.review_speed --lines 10000 [--presses 60]

The app runs in a process of its own on a SQLite file of waiting lines; Chromium opens Review and the keys 1 and A take
turns, with a pause before each as a reader makes it. Two moments are told, both counted from the key's own time stamp:
`shown`, the frame in which the next group stands at the right with its own buttons; `settled`, the page is drawn to its
end, list and sidebar too. `load` is the machine's: beside other work the figures say little.
"""

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID

import numpy as np
import typer
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.books import COMMAND, NOW, found_benchmark_company
from benchmarks.review_queue import fill
from core.access.machine import script_caller
from core.access.users import create_user, grant
from db.engine import migrate, unit_of_work, use_database
from models import Role
from tests.e2e.screen import PASSWORD, WAIT, open_window, ready, sign_in
from tests.e2e.servers import running

app = typer.Typer(add_completion=False)
HEADING = ".st-key-opened h2"
WARM = 5  # presses before those that count
PAUSE = 400  # milliseconds between two presses

WATCH = """(most) => {
  const approve = () =>
    document.querySelector('[class*="st-key-review_approve_"]')?.className.match(/st-key-\\S+/)?.[0];
  const seen = () => [document.querySelector('.st-key-opened h2')?.textContent, approve()];
  const still = () => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning';
  window.addEventListener('keydown', (event) => {
    const before = seen();
    window.reaction = new Promise((done, failed) => {
      let shown = 0;
      const look = () => {
        const next = seen().every((each, place) => each && each !== before[place]);
        if (shown || !next) return;
        shown = -1;
        // What a frame changes is painted after its callbacks, so the next frame's time is when it was to be seen.
        requestAnimationFrame(() => requestAnimationFrame((time) => { shown = time - event.timeStamp; finish(); }));
      };
      const finish = () => {
        if (shown <= 0 || !still()) return;
        watcher.disconnect();
        done([shown, performance.now() - event.timeStamp]);
      };
      const watcher = new MutationObserver(() => { look(); finish(); });
      watcher.observe(document.body, {
        subtree: true, childList: true, characterData: true, attributeFilter: ['class', 'data-test-script-state'],
      });
      setTimeout(() => failed(new Error(`nothing follows ${event.key} on ${before}`)), most);
    });
  }, true);
}"""


@app.command()
def main(
    lines: Annotated[int, typer.Option(help="waiting lines")] = 10_000,
    presses: Annotated[int, typer.Option(help="decisions that are timed")] = 60,
) -> None:
    """Print milliseconds as JSON: median, 95th percentile and worst of both moments, and the load of the machine."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/books.db"
        with use_database(url):
            migrate()
            company_id = found_benchmark_company()
            with unit_of_work() as session:
                fill(session, company_id, lines)
            add_reviewer(company_id)
        with running(url, Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = open_window(browser, server.url).page
            page.add_init_script(f"({WATCH})({WAIT})")  # before the app's own script takes the keys
            sign_in(page, "rui", path="/review")
            shown, settled = press_keys(page, presses)
            browser.close()
    answer = {
        "lines": lines,
        "shown": figures(shown),
        "settled": figures(settled),
        "load": round(os.getloadavg()[0], 1),
    }
    typer.echo(json.dumps(answer, indent=1))


def add_reviewer(company_id: UUID) -> None:
    with unit_of_work() as session:
        founder = script_caller(session, COMMAND)
        names = {"username": "rui", "display_name": "Rui Tanaka", "password": PASSWORD}
        user_id = create_user(session, founder, **names, now=NOW).id
        grant(
            session,
            script_caller(session, COMMAND),
            user_id=user_id,
            company_id=company_id,
            role=Role.REVIEWER,
            now=NOW,
        )


def press_keys(page: Page, presses: int) -> tuple[list[float], list[float]]:
    """Milliseconds until the next group is shown, and until all is drawn, of each press."""
    expect(page.locator(HEADING).first).to_be_visible(timeout=WAIT)
    ready(page)
    shown: list[float] = []
    settled: list[float] = []
    for number in range(WARM + presses):
        page.wait_for_timeout(PAUSE)
        page.keyboard.press("a" if number % 2 else "1")
        took: list[float] = page.evaluate("() => window.reaction")
        shown.append(took[0])
        settled.append(took[1])
    return shown[WARM:], settled[WARM:]


def figures(milliseconds: list[float]) -> dict[str, float]:
    half, most = np.percentile(milliseconds, [50, 95])
    return {"n": len(milliseconds), "p50_ms": round(half), "p95_ms": round(most), "worst_ms": round(max(milliseconds))}


if __name__ == "__main__":
    app()
