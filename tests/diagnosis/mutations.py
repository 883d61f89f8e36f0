"""The small errors that can be made in a tree: where each is, what is there instead, and how to make it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Place = tuple[tuple[str, int | None], ...]
"""The way from the module to a node: field by field, with the index where a field is a list."""
Replace = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Mutation:
    """`name`: what was there and what is there instead; the same as long as the line is."""

    function: str
    name: str
    place: Place
    replace: Replace

    def applied(self, tree: ast.Module) -> ast.Module:
        """The tree with the error in it."""
        node: ast.AST = tree
        for field, index in self.place[:-1]:
            value = getattr(node, field)
            node = value if index is None else value[index]
        field, index = self.place[-1]
        value = getattr(node, field)
        if index is None:
            setattr(node, field, self.replace(value))
        else:
            value[index] = self.replace(value[index])
        return ast.fix_missing_locations(tree)


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """Every small error that can be made in the tree, always in the same order."""
    for place, function, node in _walk(tree, (), "module"):
        for kind, find in _KINDS.items():
            if isinstance(node, kind):
                for name, replace in find(node):
                    yield Mutation(function, name or _change(node, replace), place, replace)


_SKIPPED = {"annotation", "returns", "decorator_list", "bases"}
"""Types and decorators: what they say is checked elsewhere, or nowhere."""


def _walk(node: ast.AST, place: Place, function: str) -> Iterator[tuple[Place, str, ast.AST]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    for field, value in ast.iter_fields(node):
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if field in _SKIPPED or not isinstance(child, ast.AST) or _is_text(child):
                continue
            here, inside = (*place, (field, index)), function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = child.name
            yield here, inside, child
            yield from _walk(child, here, inside)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _change(node: ast.AST, replace: Replace) -> str:
    return f"{_text(node)} -> {_text(replace(copy.deepcopy(node)))}"


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())[:100]


Found = Iterator[tuple[str, Replace]]
"""Errors of one node: each with its name ("" for before and after), and how it is made."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip


def _comparisons(node: ast.Compare) -> Found:
    """Turned round, and moved by one."""
    for at, op in enumerate(node.ops):
        for new in _COMPARISONS[type(op)]:
            yield "", lambda n, at=at, new=new: ast.Compare(n.left, _with(n.ops, at, new()), n.comparators)


def _conditions(node: ast.BoolOp) -> Found:
    """*and* for *or*, and each part left out."""
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "", lambda n: ast.BoolOp(other, n.values)
    for at in range(len(node.values)):
        yield "", lambda n, at=at: _shorter(n, at)


def _shorter(node: ast.BoolOp, at: int) -> ast.expr:
    left = _without(node.values, at)
    return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _signs(node: ast.UnaryOp) -> Found:
    yield "", lambda n: n.operand


def _sums(node: ast.BinOp) -> Found:
    """Plus for minus."""
    others = {ast.Add: ast.Sub(), ast.Sub: ast.Add()}
    if type(node.op) in others:
        yield "", lambda n: ast.BinOp(n.left, others[type(n.op)], n.right)


def _choices(node: ast.IfExp) -> Found:
    yield "", lambda n: n.body
    yield "", lambda n: n.orelse


def _constants(node: ast.Constant) -> Found:
    match node.value:
        case bool():
            yield "", lambda n: ast.Constant(not n.value)
        case int():
            yield "", lambda n: ast.Constant(n.value + 1)
        case str():
            yield "", lambda n: ast.Constant(f"{n.value}?")


_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "latest": "min"}


def _calls(node: ast.Call) -> Found:
    """The least for the greatest, all for any, unsorted for sorted, and each named argument left out."""
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    if called in _NAMES:
        yield "", lambda n: ast.Call(ast.Name(_NAMES[n.func.id], ast.Load()), n.args, n.keywords)
    if called == "sorted":
        yield "", lambda n: n.args[0]
    for at, keyword in enumerate(node.keywords):
        name = f"{_text(node.func)}(...) without {_text(keyword)}"
        yield name, lambda n, at=at: ast.Call(n.func, n.args, _without(n.keywords, at))


def _elements(node: ast.Tuple | ast.List) -> Found:
    """Each left out."""
    if isinstance(node.ctx, ast.Load) and node.elts:
        for at, element in enumerate(node.elts):
            if isinstance(element, ast.Starred | ast.Call | ast.Constant | ast.Name):
                yield f"without {_text(element)}", lambda n, at=at: type(n)(_without(n.elts, at), n.ctx)


def _filters(node: ast.comprehension) -> Found:
    if node.ifs:
        yield (
            f"without if {_text(node.ifs[0])}",
            lambda n: ast.comprehension(n.target, n.iter, [], n.is_async),
        )


_OTHERS = {
    "Cause": ("COULD_NOT_TELL", "BALANCE_MISMATCH"), "Remedy": ("WAIT", "TICKET"),
    "ValueKind": ("NONE", "HELD"), "Reason": ("UNKNOWN_STATUS", "LIST_UNREADABLE"),
    "Source": ("MIRROR", "BALANCE"), "Unreadable": ("ERROR", "FORBIDDEN"),
}  # fmt: skip


def _members(node: ast.Attribute) -> Found:
    """Another cause, remedy, reason or source."""
    if isinstance(node.value, ast.Name) and node.value.id in _OTHERS:
        first, second = _OTHERS[node.value.id]
        yield "", lambda n: ast.Attribute(n.value, second if n.attr == first else first, n.ctx)


def _branches(node: ast.If) -> Found:
    """Never taken, always taken."""
    for taken in (False, True):
        name = f"if {_text(node.test)} -> if {taken}"
        yield name, lambda n, taken=taken: ast.If(ast.Constant(taken), n.body, n.orelse)


def _answers(node: ast.Return) -> Found:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "", lambda _: ast.Return(ast.Constant(None))


def _statements(node: ast.Expr | ast.AugAssign | ast.Break) -> Found:
    yield "", lambda _: ast.Pass()


_KINDS: dict[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Found]] = {
    ast.Compare: _comparisons, ast.BoolOp: _conditions, ast.UnaryOp: _signs, ast.BinOp: _sums,
    ast.IfExp: _choices, ast.Constant: _constants, ast.Call: _calls, (ast.Tuple, ast.List): _elements,
    ast.comprehension: _filters, ast.Attribute: _members, ast.If: _branches, ast.Return: _answers,
    (ast.Expr, ast.AugAssign, ast.Break): _statements,
}  # fmt: skip


def _with(values: list[Any], at: int, new: Any) -> list[Any]:
    return [new if index == at else value for index, value in enumerate(values)]


def _without(values: list[Any], at: int) -> list[Any]:
    return [value for index, value in enumerate(values) if index != at]
