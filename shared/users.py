"""Each service's own user, of the database and of the broker, with a password of its own."""

import hashlib
import hmac
from urllib.parse import quote, urlsplit, urlunsplit


def role_of(service: str) -> str:
    """Name the database role and the broker user of a service."""
    return f"muster_{service}"


def password_of(service: str, secret: str) -> str:
    """Derive a service's own password, so that one secret configures a whole deployment."""
    return hmac.new(secret.encode(), service.encode(), hashlib.sha256).hexdigest()


def url_of(service: str, url: str, secret: str) -> str:
    """Rewrite an owner's database URL to the service's own user.

    Without a secret the URL stays as it is: then somebody else made the users.
    """
    if not secret:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{quote(role_of(service))}:{password_of(service, secret)}"
    return urlunsplit(parts._replace(netloc=f"{user}@{host}"))
