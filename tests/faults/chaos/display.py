"""A table that lives on a terminal, plain lines elsewhere."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from shared import clock

_PLAIN_SECONDS = 20.0

Figures = Callable[[], dict[str, str]]


class Display:
    """Tells what happens: as lines that stay, and as figures that change."""

    def __init__(self, console: Console) -> None:
        self._console, self._started_at = console, clock.monotonic()
        self._figures: Figures = dict

    def tell(self, line: str) -> None:
        """Print a line with the time since the beginning."""
        seconds = clock.monotonic() - self._started_at
        self._console.print(f"{seconds:6.1f} s  {line}")

    @contextmanager
    def shown(self, figures: Figures) -> Iterator[None]:
        """Show these figures while the block runs."""
        self._figures = figures
        if self._console.is_terminal:
            with Live(console=self._console, get_renderable=self._table, transient=True):
                yield
            return
        telling = asyncio.get_running_loop().create_task(self._tell_figures())
        try:
            yield
        finally:
            telling.cancel()

    def _table(self) -> Table:
        table = Table(title=f"{clock.monotonic() - self._started_at:.0f} s", show_header=False)
        for name, figure in self._figures().items():
            table.add_row(name, figure)
        return table

    async def _tell_figures(self) -> None:
        while True:
            await asyncio.sleep(_PLAIN_SECONDS)
            self.tell(", ".join(f"{n} {figure}" for n, figure in self._figures().items()))
