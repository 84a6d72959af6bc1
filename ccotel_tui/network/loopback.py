"""Names and addresses of this machine."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches the host of that name."""
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
