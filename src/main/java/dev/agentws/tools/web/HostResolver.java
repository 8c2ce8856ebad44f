package dev.agentws.tools.web;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks up the addresses of a name. Called on tool workers; may block. Thread-safe. */
@FunctionalInterface
public interface HostResolver {
    /** All of them, at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
}
