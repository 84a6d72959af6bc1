"""Options of every gRPC channel that we open."""

from ipaddress import ip_address

from ccotel_tui.network.loopback import is_loopback

Options = list[tuple[str, int]]


def options(target: str) -> Options:
    """The options of a channel to HOST:PORT: no proxy stands between us and this machine.

    Anywhere else gRPC follows grpc_proxy, https_proxy, http_proxy and no_grpc_proxy, no_proxy.
    """
    host = target.rpartition(":")[0]
    local = is_loopback(host) or _is_unspecified(host)
    return [("grpc.enable_http_proxy", 0)] if local else []


def _is_unspecified(host: str) -> bool:
    """Return whether it is 0.0.0.0 or [::], where a connection leads to this machine."""
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False
