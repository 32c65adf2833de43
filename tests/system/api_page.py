# SPDX-License-Identifier: Apache-2.0
"""Holds what the server answers against its own page, server/http/openapi.yaml.

An answer must be of a status and a type that the page names for the path and the method, and have
the shape that stands there; keys that the page does not know are wrong, too.
"""
import os
import re
import warnings

import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import jsonschema

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "server", "http", "openapi.yaml")


def properties(validator, wanted, instance, schema):
    """Keys as usual; and none that are not named, where the schema does not say otherwise."""
    yield from jsonschema.Draft202012Validator.VALIDATORS["properties"](validator, wanted, instance,
                                                                       schema)
    if validator.is_type(instance, "object") and "additionalProperties" not in schema:
        for key in sorted(set(instance) - set(wanted)):
            yield jsonschema.ValidationError(f"the page knows no key {key!r} here")


def all_of(validator, parts, instance, _schema):
    """Objects that are put together are one object: the keys of all of them are known."""
    whole = {"type": "object", "required": [], "properties": {}}
    for part in parts:
        part = validator.resolver.resolve(part["$ref"])[1] if "$ref" in part else part
        whole["required"] += part.get("required", [])
        whole["properties"].update(part.get("properties", {}))
    yield from validator.descend(instance, whole)


Strict = jsonschema.validators.extend(jsonschema.Draft202012Validator,
                                      {"properties": properties, "allOf": all_of})


class ApiPage:
    def __init__(self):
        with open(PAGE, encoding="utf-8") as source:
            self.page = yaml.safe_load(source)
        self.resolver = jsonschema.RefResolver("", self.page)
        self.paths = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): path
                      for path in self.page["paths"]}

    def resolved(self, part):
        while "$ref" in part:
            part = self.resolver.resolve(part["$ref"])[1]
        return part

    def check(self, method, path, status, kind, answer):
        """`answer` is JSON that was parsed, or anything else as text; `kind` its content type.

        Errors: AssertionError, saying what differs from the page, and where.
        """
        path = path.partition("?")[0]
        for pattern, written in self.paths.items():
            if pattern.fullmatch(path) and method.lower() in self.page["paths"][written]:
                verb = self.page["paths"][written][method.lower()]
                break
        else:
            assert status in (404, 405), f"{method} {path}: {status}, and the page has no such path"
            return
        said = verb["responses"].get(str(status), verb["responses"].get("default"))
        assert said, f"{method} {written}: the page names no answer {status}"
        content = self.resolved(said).get("content", {})
        kind = (kind or "").partition(";")[0]
        assert kind in content, f"{method} {written} {status}: {kind} is not of {list(content)}"
        if "json" not in kind:
            return
        errors = sorted(Strict(content[kind]["schema"], resolver=self.resolver).iter_errors(answer),
                        key=lambda error: list(map(str, error.path)))
        assert not errors, f"{method} {written} {status}: " + "; ".join(
            "/".join(map(str, self.deepest(error).absolute_path)) + ": "
            + self.deepest(error).message[:300] for error in errors[:3])

    @staticmethod
    def deepest(error):
        """Of alternatives none of which fit, what is wrong with the one that fits best."""
        while error.context:
            error = max(error.context, key=lambda one: len(one.absolute_path))
        return error
