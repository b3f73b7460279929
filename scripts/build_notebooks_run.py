"""Execute the notebooks: each .py in percent format becomes an .ipynb with its outputs beside it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def notebook_of(text: str) -> nbformat.NotebookNode:
    """Return the notebook of a text in percent format."""
    parts = re.split(r"^# %%( \[markdown\])?\n", text, flags=re.MULTILINE)[1:]
    cells = []
    for number, (kind, body) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        make = nbformat.v4.new_code_cell if kind is None else nbformat.v4.new_markdown_cell
        source = body.strip() if kind is None else re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
        cells.append(make(source, id=f"cell-{number}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def main() -> None:
    """Execute all notebooks, or those that are named."""
    wanted = [Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.py"))
    for path in wanted:
        if path.suffix != ".py":
            sys.exit(f"{path}: give the .py in percent format; the .ipynb beside it is written")
        notebook = notebook_of(path.read_text(encoding="utf-8"))
        NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False).execute()
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, path.with_suffix(".ipynb"))
        print(path.with_suffix(".ipynb").name)


if __name__ == "__main__":
    main()
