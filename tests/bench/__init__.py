"""Benchmarks, at the size of a large store: `make bench`, which is `python -m tests.bench`.

Each `measure_*.py` beside this file is one subject. It has

    TITLE: str                                # heading of its table in docs/benchmarks.md
    NOTE: str                                 # what is held against what, and why; Markdown
    def run(dataset: Dataset) -> list[Row]    # measures in this process or in ones it starts

`Dataset` (`datasets.py`) is a generated store: `orders`, `engine` ("sqlite", "postgresql"), `url` (what
DATABASE_URL is to be), `truth` (path of its ground truth), `environment()` (os.environ for a process on it).
Its store is `shape.STORE`, and `shape.PERSON` holds every role there. The process that calls `run` has not
set up Django: start one with `environment()`. `dataset.sibling(orders)` is the same store at another size,
made if need be; `dataset.diagnosed()` has its findings, which pages need.
`Row` (`rows.py`) is what was measured, against what, and the most (or least) that the ratio may be.
"""
