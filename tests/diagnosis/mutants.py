"""Small errors put into the rules, one at a time, and whether a test of this folder notices each.

A mutant is one change of one expression or statement: a comparison turned or moved by one, a condition that
always or never holds, a value, a word or an argument left out. The tests are the quick ones: functions that
need neither the database nor a fixture. They run in this process, against modules compiled from the changed
tree, so that a mutant takes milliseconds. Libraries for this start a test run for each mutant: hours.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.diagnosis.mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = "reconciler.diagnosis.rules"
_OF_RULES = ("times", "claims", "holding", "missing", "order", "balance", "lock")
MUTATED = ("reconciler.diagnosis.verdicts", *(f"{RULES}.{name}" for name in _OF_RULES))
"""In the order in which they import each other."""
TESTS = ("builders", "situations", "finished", "flow", "missing", "balances", "moments", "shapes", "doubts",
         "evidence", "test_situations", "test_verdicts", "test_evidence", "test_evidence_balances",
         "test_evidence_items")  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """`name` stays the same while the line does: module, function, what was there, what is there instead."""

    module: str
    name: str
    mutation: Mutation

    @property
    def place(self) -> str:
        """Module and function."""
        return self.name.partition(": ")[0]


@cache
def mutants() -> tuple[Mutant, ...]:
    """Every mutant of every rule, always in the same order."""
    return tuple(each for module in MUTATED for each in _mutants_of(module))


def _mutants_of(module: str) -> Iterator[Mutant]:
    seen: Counter[str] = Counter()
    for each in mutations(_tree(module)):
        name = f"{module.removeprefix('reconciler.diagnosis.')}.{each.function}: {each.name}"
        seen[name] += 1
        yield Mutant(module, name if seen[name] == 1 else f"{name} ({seen[name]})", each)


def survives(mutant: Mutant) -> bool:
    """Whether every test passes with it."""
    tree = mutant.mutation.applied(_tree(mutant.module))
    code = compile(tree, str(_path(mutant.module)), "exec")
    try:
        with _modules({mutant.module: code}) as tests:
            for test in _calls(tests):
                test()
    except Exception:
        return False
    return True


def prove_unchanged() -> int:
    """Runs the tests against the rules as they are: how many there are. Raises what one of them raises."""
    with _modules({}) as tests:
        calls = list(_calls(tests))
        for test in calls:
            test()
    return len(calls)


@contextmanager
def _modules(changed: dict[str, CodeType]) -> Iterator[list[ModuleType]]:
    """The rules and the tests anew, with this code instead of their own; afterwards all is as it was."""
    names = [*MUTATED, RULES, *(f"tests.diagnosis.{name}" for name in TESTS)]
    before = {name: sys.modules.get(name) for name in names}
    try:
        yield [_executed(name, changed.get(name) or _code(name)) for name in names]
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def _executed(name: str, code: CodeType) -> ModuleType:
    module = ModuleType(name)
    module.__file__, module.__package__ = code.co_filename, name.rpartition(".")[0]
    sys.modules[name] = module
    exec(code, module.__dict__)
    return module


def _calls(tests: list[ModuleType]) -> Iterator[Callable[[], Any]]:
    for module in tests:
        for name, function in list(vars(module).items()):
            if name.startswith("test_") and getattr(function, "__module__", "") == module.__name__:
                yield from _cases(function)


def _cases(function: Callable[..., Any]) -> Iterator[Callable[[], Any]]:
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        yield function
        return
    [mark] = marks
    one = isinstance(mark.args[0], str)
    for values in mark.args[1]:
        yield lambda values=values: function(values) if one else function(*values)


def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text())


@cache
def _code(name: str) -> CodeType:
    path = _path(name)
    return compile(path.read_text(), str(path), "exec")


@cache
def _path(name: str) -> Path:
    module = importlib.util.find_spec(name)
    assert module is not None
    assert module.origin is not None
    return Path(module.origin)


def main() -> None:
    """Prints how many mutants there are, and which survive."""
    tests, alive = prove_unchanged(), [mutant.name for mutant in mutants() if survives(mutant)]
    summary = f"{len(mutants())} mutants, {len(alive)} survive {tests} tests"
    sys.stdout.write("\n".join([summary, *alive, ""]))


if __name__ == "__main__":
    main()
