"""Nothing lost, nothing done twice: a thin batch layer over FastStream (docs/decisions/0002)."""

from shared.messaging.batch import Batch
from shared.messaging.recovery import Unavailable
from shared.messaging.subscription import Service, Subscription

__all__ = ["Batch", "Service", "Subscription", "Unavailable"]
