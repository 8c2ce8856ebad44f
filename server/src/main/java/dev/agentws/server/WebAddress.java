package dev.agentws.server;

/** Hosts and ports as URLs spell them. */
final class WebAddress {
    private WebAddress() {}

    static String authority(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** A host to connect to: the addresses that mean "every interface" are none. */
    static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "0:0:0:0:0:0:0:0" -> "::1";
            default -> host;
        };
    }
}
