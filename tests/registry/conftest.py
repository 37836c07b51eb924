"""A registry to change and import: the one that ships for Namur, small and real."""

from __future__ import annotations

import copy
import io
import json

import pytest
from django.core.management import call_command

from diversion.actors import SYSTEM
from diversion.commands.registry import import_registry
from diversion.log import CommandKey
from hospitals.registry import load, parse, shipped


@pytest.fixture
def document():
    return load(shipped("namur"))


@pytest.fixture
def edited(document):
    """``edited(lambda d: …)``: the same registry with one thing changed."""

    def edit(change):
        other = copy.deepcopy(document)
        change(other)
        return other

    return edit


@pytest.fixture
def loads(db):
    """Import a document; what was recorded."""

    def do(document, *, actor=SYSTEM, **more):
        return import_registry(actor=actor, key=CommandKey.new(), registry=parse(document), **more)

    return do


@pytest.fixture
def manage(tmp_path):
    """Run ``import_registry`` on a document or a text; what it printed on both streams, also when it refuses."""

    def run(document, *options, **more):
        file = tmp_path / "registry.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        run.out, run.err = io.StringIO(), io.StringIO()
        call_command("import_registry", str(file), *options, stdout=run.out, stderr=run.err, **more)
        return run.out.getvalue()

    return run
