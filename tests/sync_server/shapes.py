"""The schemas in the short notation of docs/protocol.md: one declaration a line, as TypeScript would have it."""

import textwrap
from typing import Any

from retail import schemas

WIDTH = 118
TIE = "~"
"""Stands for a space that is not to be broken at."""
WORDS = {"string": "string", "integer": "int", "boolean": "bool", "null": "null"}


def declarations() -> list[str]:
    """One declaration for each shape that has a name, in the order of the alphabet. The operations themselves are all
    alike but for their bodies, so only one of them is here."""
    found: dict[str, Any] = schemas.asyncapi()["components"]["schemas"]
    operations = {model.__name__ for model in schemas.OPERATIONS.values()}
    rows = [f"{name} = {type_of(schema)}" for name, schema in sorted(found.items()) if name not in operations]
    operation = type_of(found["CartAdd"]).replace('"cart.add"', "string").replace("AddBody", "<by kind>")
    return [*rows, f"Operation = {operation}"]


def block() -> str:
    """All declarations as the document prints them: a long one is broken between its fields."""
    return "\n".join(map(_wrapped, sorted(declarations())))


def _wrapped(row: str) -> str:
    tied = row.replace(" ", TIE).replace(f",{TIE}", ", ")
    lines = textwrap.fill(tied, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return lines.replace(TIE, " ")


def type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name: str = schema["$ref"].rpartition("/")[2]
        return "Operation" if name in {model.__name__ for model in schemas.OPERATIONS.values()} else name
    if not schema.keys() - {"description"}:
        return "any"
    if "const" in schema:
        return f'"{schema["const"]}"' if isinstance(schema["const"], str) else str(schema["const"])
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(type_of(one) for one in schema[union]))
    if schema["type"] == "array":
        inner = type_of(schema["items"])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if schema["type"] != "object":
        return WORDS[schema["type"]]
    if "properties" not in schema:
        values = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
        return f"{{[key]: {type_of(values) if isinstance(values, dict) else 'any'}}}" if values else "{}"
    required = schema.get("required", ())
    fields = [f"{name}{'' if name in required else '?'}: {type_of(one)}" for name, one in schema["properties"].items()]
    return "{" + ", ".join(fields) + "}"
