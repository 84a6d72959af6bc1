"""Options of every gRPC channel that we open."""

from ccotel_tui.network.loopback import leads_here

Options = list[tuple[str, int]]


def options(target: str) -> Options:
    """The options of a channel to HOST:PORT: no proxy stands between us and this machine.

    Anywhere else gRPC follows grpc_proxy, https_proxy, http_proxy and no_grpc_proxy, no_proxy.
    """
    host = target.rpartition(":")[0]
    return [("grpc.enable_http_proxy", 0)] if leads_here(host) else []
