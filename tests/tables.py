"""The case tables: YAML that a biller can check, read as the estimator reads a case."""

from datetime import date
from functools import cache
from pathlib import Path

from estimator import facts, load, read
from estimator.engine import estimate

CASES = Path(__file__).parent / "cases"
# Every table but the published ones.
OWN = tuple(
    path.stem for path in sorted(CASES.glob("*.yaml")) if not path.stem.startswith("published")
)
AS_OF = date(2026, 11, 21)


@cache
def rules():
    return facts.rules(load.data_folder())


def table(name):
    """The cases of a table, as text."""
    return load.file_tree(CASES / f"{name}.yaml", name)


def estimated(given, as_of=AS_OF):
    """The estimate for a case written as text."""
    return estimate(read.case(given), rules(), as_of)


def differences(found, expected):
    """Where an estimate (as plain data) differs from what a table expects."""
    likely = found["scenarios"]["likely"]
    pairs = []
    for key, value in expected.items():
        if key == "visit":
            pairs += [(name, likely["visits"][0][name], want) for name, want in value.items()]
        elif key == "visits":
            pairs += [
                (name, [visit[name] for visit in likely["visits"]], want)
                for name, want in value.items()
            ]
        elif key in ("total", "range"):
            held = likely["total"] if key == "total" else found["range"]
            pairs += [(f"{key}.{name}", held[name], want) for name, want in value.items()]
        elif key == "open":
            pairs.append((key, [item["key"] for item in found["conditions"]], value))
        elif key in ("verdict", "reasons"):
            pairs.append((key, found[key], value))
        elif key in ("alternatives", "warnings"):
            held = {item["id"]: item.get("patient", "") for item in found[key]}
            pairs += [(f"{key}.{name}", held.get(name, "absent"), want)
                      for name, want in value.items()]  # fmt: skip
        elif key == "if_denied":
            pairs.append((key, found[key], value))
        elif key == "tax_saving":
            pairs.append((key, (found["tax_saving"] or {}).get("amount"), value))
        else:
            pairs.append((key, likely[key], value))
    return [(name, got, want) for name, got, want in pairs if _text(got) != _text(want)]


def _text(value):
    """A table holds text only."""
    if isinstance(value, list):
        return [_text(item) for item in value]
    return "null" if value is None else str(value)
