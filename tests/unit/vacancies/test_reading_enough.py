"""The reader is tested with many adverts."""

from importlib import import_module
from pathlib import Path


def test_there_are_more_than_sixty_adverts():
    modules = [
        import_module(f"tests.unit.vacancies.{file.stem}")
        for file in Path(__file__).parent.glob("test_reading_*.py")
    ]
    rows = {
        repr(row)
        for module in modules
        for test in vars(module).values()
        for mark in getattr(test, "pytestmark", ())
        for row in mark.args[1]
    }
    assert len(rows) >= 60
