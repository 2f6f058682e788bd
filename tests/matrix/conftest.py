"""The stage is everybody's here."""

from tests.matrix.stage import stage

__all__ = ["stage"]
