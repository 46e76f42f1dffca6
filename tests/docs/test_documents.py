"""What the documents tell people to type and to open exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if path.stem != "__init__")

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
MODULE = re.compile(r"python -m ((?:scripts|benchmarks)\.[a-z_.]+)")


def code_of(document: Path) -> str:
    """What stands in code type: the parts that people copy."""
    return "\n".join(CODE.findall(document.read_text()))


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        if "://" in target or target.startswith(("#", "mailto:")):
            continue
        assert (document.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    assert set(MAKE.findall(code_of(document))) <= make_targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_module_that_is_named_exists(document: Path) -> None:
    for module in MODULE.findall(document.read_text()):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


def test_the_readme_starts_with_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert first
    assert [line.split("#")[0].strip() for line in first[1].strip().splitlines()] == ["make run", "make test"]


def test_what_make_runs_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for module in MODULE.findall(makefile):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
    for requirements in re.findall(r"requirements[a-z-]*\.(?:txt|in)", makefile):
        assert (ROOT / requirements).is_file(), requirements


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_says_how_it_is_used(script: str, tmp_path: Path) -> None:
    told = {"DATABASE_URL": f"sqlite:///{tmp_path / 'untouched.db'}", "VAR_FOLDER": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", f"scripts.{script}", "--help"],
        cwd=ROOT, env={**os.environ, **told}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()
    assert not (tmp_path / "untouched.db").exists()
