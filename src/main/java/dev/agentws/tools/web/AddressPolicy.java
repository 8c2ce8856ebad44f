package dev.agentws.tools.web;

import java.net.InetAddress;

/** Which addresses WebFetch may connect to. Thread-safe. */
@FunctionalInterface
public interface AddressPolicy {
    boolean allows(InetAddress address);
}
