"""The rules of the house as checks on source text: each returns the faults that it finds, as readable lines."""

import ast
import re
from pathlib import Path

# From the bottom up: an app imports only from those before it.
APPS = ["policyportal.lib", "accounts", "policies", "channels_mgmt", "moderation", "incidents", "policyportal"]
# Inside an app, one way too. What is not named here (management commands, template tags, middleware) is a top.
MODULES = [
    {"models"},
    {"rules", "access", "routing", "helplines"},
    {"notifications"},
    {"workflow"},
    {"services", "reminders"},
    {"forms", "tasks"},
    {"views"},
    {"urls"},
]
SELECTORS_MAY_IMPORT = {"models", "rules", "access", "selectors"}

# Tables without history, which may be changed in bulk.
BULK_ALLOWED = {
    "policyportal/lib/outbox.py": "mail waiting is no domain row",
    "accounts/services/told.py": "notifications read are no domain rows",
    "accounts/mailing.py": "notifications and mail waiting are no domain rows",
    "accounts/telling.py": "notifications are no domain rows",
    "policies/owed.py": "reminders are written once and have no history",
    "accounts/services/sessions.py": "sessions are no domain rows",
    "policies/parents.py": "requests to parents have no history; what they answer has",
    "policyportal/lib/many.py": "writes the sealed history rows beside them",
    "policyportal/lib/chain.py": "links of the chain of seals have no history",
}

TEXT_RULES = [
    (r"except\s+(Exception|BaseException)\b", "a broad except hides faults"),
    (r"except\s*:", "a bare except hides faults"),
    (r"\bGenericForeignKey\b", "no generic foreign keys"),
    (r"@receiver\b", "no signals for domain logic"),
    (r"\bmark_safe\b|\bcsrf_exempt\b", "a hole in escaping or in CSRF"),
    (r"\.raw\(|\.extra\(", "no raw SQL"),
    (
        r"save_without_historical_record|skip_history_when_saving|bulk_\w+_with_history",
        "a save past history, or past its seal",
    ),
    (r"\bTODO\b|\bFIXME\b|\bXXX\b|NotImplementedError", "no stubs"),
]
TEMPLATE_RULES = [
    (r"<script(?![^>]*\ssrc=)[^>]*>", "no inline script"),
    (r"<style\b|\sstyle=", "no inline style"),
    (r"\son[a-z]+=[\"']", "no inline handler"),
    (r"\|\s*safe\b|autoescape off", "user text is always escaped"),
    (r"\.role\s*==|\.roles\b", "a role's name is for rules, not for templates"),
]


def app_of(module: str) -> str | None:
    """Return the app that a dotted module belongs to, or None for a library."""
    for app in sorted(APPS, key=len, reverse=True):
        if module == app or module.startswith(app + "."):
            return app
    return None


def module_of(path: Path) -> str:
    """Return the dotted name of a file given relative to the root."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(tree: ast.AST) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(name.name, node.lineno) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, node.lineno))
            found += [(f"{node.module}.{name.name}", node.lineno) for name in node.names]
    return found


def upward_imports(path: Path, source: str) -> list[str]:
    """Find imports of an app from one below it."""
    own = app_of(module_of(path))
    faults = []
    for name, line in _imports(ast.parse(source)):
        other = app_of(name)
        if own and other and APPS.index(other) > APPS.index(own):
            faults.append(f"{path}:{line} {own} imports upward from {other}")
    return sorted(set(faults))


def _rank(part: str) -> int | None:
    return next((rank for rank, names in enumerate(MODULES) if part in names), None)


def backward_imports(path: Path, source: str) -> list[str]:
    """Find imports inside one app that run against its order of modules."""
    module = module_of(path)
    own = app_of(module)
    if not own or own.startswith("policyportal"):
        return []
    part = module.removeprefix(own + ".").split(".")[0]
    faults = set()
    for name, line in _imports(ast.parse(source)):
        if app_of(name) != own or name == own:
            continue
        other = name.removeprefix(own + ".").split(".")[0]
        if part == "selectors":
            known = _rank(other) is not None or other == "selectors"
            if known and other not in SELECTORS_MAY_IMPORT:
                faults.add(f"{path}:{line} selectors import {other}")
        elif _rank(part) is not None and _rank(other) is not None and _rank(other) > _rank(part):
            faults.add(f"{path}:{line} {part} imports {other}")
    return sorted(faults)


def late_imports(path: Path, source: str) -> list[str]:
    """Find imports inside a function."""
    faults = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    faults.add(f"{path}:{inner.lineno} imports inside a function")
    return sorted(faults)


def _sets_a_status(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "update" and any(keyword.arg == "status" for keyword in node.keywords)
    return False


def statuses_by_hand(path: Path, source: str) -> list[str]:
    """Find a status assigned anywhere but in the runner."""
    if path == Path("policyportal/lib/workflow.py"):
        return []
    tree = ast.parse(source)
    return [
        f"{path}:{node.lineno} sets a status outside the runner" for node in ast.walk(tree) if _sets_a_status(node)
    ]


def writes_past_history(path: Path, source: str) -> list[str]:
    """Find update() and bulk_*() outside the files that may use them."""
    if str(path) in BULK_ALLOWED:
        return []
    faults = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        bulk = node.func.attr in ("bulk_create", "bulk_update")
        # dict.update(...) takes a mapping; a queryset's takes keywords alone.
        update = node.func.attr == "update" and node.keywords and not node.args
        if bulk or update:
            faults.append(f"{path}:{node.lineno} {node.func.attr}() writes no history")
    return faults


def unscoped_views(path: Path, source: str) -> list[str]:
    """Find objects that a view fetches without the scope of the person, and roles that it names."""
    if "views" not in module_of(path).split("."):
        return []
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            whole_table = (
                name in ("get_object_or_404", "get_list_or_404") and node.args and isinstance(node.args[0], ast.Name)
            )
            if whole_table:
                faults.append(f"{path}:{node.lineno} fetches from the whole table")
            if (
                isinstance(node.func, ast.Attribute)
                and name in ("get", "filter", "all", "first")
                and isinstance(node.func.value, ast.Attribute)
                and node.func.value.attr == "objects"
            ):
                faults.append(f"{path}:{node.lineno} fetches from the whole table")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role":
            faults.append(f"{path}:{node.lineno} names a role")
    return sorted(set(faults))


def forbidden_text(path: Path, source: str, rules: list[tuple[str, str]] = TEXT_RULES) -> list[str]:
    """Find what a rule on plain text forbids."""
    return [
        f"{path}:{number} {why}"
        for number, line in enumerate(source.splitlines(), start=1)
        for pattern, why in rules
        if re.search(pattern, line)
    ]


def misnamed(path: Path) -> list[str]:
    """Find names that say nothing."""
    empty = {"utils", "util", "helpers", "helper", "misc", "common", "core"}
    return [f"{path} has a name that says nothing"] if empty & set(path.with_suffix("").parts) else []


def undocumented(path: Path, source: str) -> list[str]:
    """Find a module that does not open with a sentence saying what is in it."""
    return [] if ast.get_docstring(ast.parse(source)) or not source.strip() else [f"{path} has no opening sentence"]


PYTHON_CHECKS = [
    upward_imports,
    backward_imports,
    late_imports,
    statuses_by_hand,
    writes_past_history,
    unscoped_views,
    forbidden_text,
    undocumented,
]
