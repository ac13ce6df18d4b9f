"""How often every point is cut or killed at: `MUSTER_REPEAT=100` for the full run."""

import os
from typing import Final

REPEAT: Final = int(os.environ.get("MUSTER_REPEAT", "10"))
