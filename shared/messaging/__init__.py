"""Nothing lost, nothing done twice: a thin batch layer over FastStream (docs/decisions/0002).

Read in the order of a message: `subscription`, `wire`, `consumer`, `delivery`, `handling` (with
`inbox`, `held` and `outbox`), `publisher`, `worker`; then what goes wrong: `recovery`, `suspects`,
`watchdog`.
"""

from shared.messaging.batch import Batch
from shared.messaging.recovery import Unavailable
from shared.messaging.subscription import Service, Subscription

__all__ = ["Batch", "Service", "Subscription", "Unavailable"]
