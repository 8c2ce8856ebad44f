package dev.agentws.server;

import dev.agentws.SocketKind;
import dev.agentws.TlsFiles;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.metrics.MetricsAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server was told, checked. Made by {@link SettingsReader}; no secret shows in its text form. Immutable.
 *
 * @param listen where to listen
 * @param access who may connect
 * @param limits how much each may ask for
 * @param workplace where sessions work
 * @param upstream who answers the prompts
 * @param logLevel how much is logged
 * @param operations what an operator sees, and how the end comes
 */
public record Settings(
        Listen listen,
        Access access,
        Limits limits,
        Workplace workplace,
        Journal journal,
        Upstream upstream,
        LogLevel logLevel,
        Operations operations) {

    /**
     * What an operator sees, and how the end comes.
     *
     * @param logFormat how log events are written
     * @param metrics who may read the numbers
     * @param drain how long turns may go on after the process was asked to end
     * @param otlp the collector that spans are sent to, or null for no spans
     * @param traceContent whether what is said goes with the spans
     */
    public record Operations(
            LogFormat logFormat,
            MetricsAccess metrics,
            Duration drain,
            @Nullable URI otlp,
            boolean traceContent) {}

    /**
     * Where to listen.
     *
     * @param host a name or a literal address, IPv6 without brackets
     * @param port 0 for any free one
     * @param ioThreads the number of event loops
     * @param flushWindow how long frames are gathered before they leave
     * @param tls who the server is, or null if the port speaks plain text
     * @param unixSocket a Unix domain socket to listen on as well, or null
     * @param sockets what moves the bytes
     * @param warmUp whether the path of a delta is rehearsed once it listens
     */
    public record Listen(
            String host,
            int port,
            int ioThreads,
            Duration flushWindow,
            @Nullable TlsFiles tls,
            @Nullable Path unixSocket,
            SocketKind sockets,
            boolean warmUp) {}

    /**
     * Who may connect.
     *
     * @param authEnabled whether a client must show the key
     * @param keyPath the key file asked for, or null for the usual places
     * @param allowedOrigins origins in canonical form, or {@code *}, beside the server's own
     */
    public record Access(boolean authEnabled, @Nullable Path keyPath, Set<String> allowedOrigins) {}

    /**
     * How much clients may ask for.
     *
     * @param maxConnections sockets open at once
     * @param maxSessions sessions alive at once, of all connections
     * @param queuePerSession prompts that may wait behind the running one
     * @param sessionTimeout idle time after which a session ends
     * @param permissionTimeout time to answer a permission question
     * @param maxMessageBytes the longest message a client may send
     * @param messagesPerSecond per connection
     * @param promptsPerMinute per connection
     * @param authFailuresPerMinute per client address
     */
    public record Limits(
            int maxConnections,
            int maxSessions,
            int queuePerSession,
            Duration sessionTimeout,
            Duration permissionTimeout,
            int maxMessageBytes,
            int messagesPerSecond,
            int promptsPerMinute,
            int authFailuresPerMinute) {}

    /**
     * Where sessions work.
     *
     * @param roots a working directory must lie under one of them; none means anywhere
     * @param directory for sessions that name none; absolute
     * @param sandbox what was asked for
     * @param sandboxNetwork whether commands in the sandbox reach the network
     * @param sandboxTmp how long the sandbox keeps {@code /tmp}
     */
    public record Workplace(
            List<Path> roots, Path directory, Sandbox sandbox, boolean sandboxNetwork, SandboxTmp sandboxTmp) {}

    /**
     * How sessions are written down.
     *
     * @param directory where, or null for nowhere
     * @param chosen whether somebody asked for it: then the server does not start without it
     * @param redis in place of the directory, or null
     * @param lease how long a session in Redis stays with a server that is not heard of
     * @param replicas how many replicas of Redis must have what is committed
     * @param level whether clients see what happens before or after it is on the disk
     * @param hibernateAfter how long an idle session in the directory or in Redis stays in memory; null: for ever
     * @param ended what becomes of an ended session
     * @param keepArchived how long archived ones stay; zero: for ever
     */
    public record Journal(
            @Nullable Path directory,
            boolean chosen,
            @Nullable Secret redis,
            Duration lease,
            int replicas,
            Durability level,
            @Nullable Duration hibernateAfter,
            End ended,
            Duration keepArchived) {}

    /** How long what commands put into {@code /tmp} of their sandbox stays. */
    public enum SandboxTmp {
        /** Until the session ends, on disk. */
        SESSION,
        /** Until the command ends, in memory. */
        COMMAND
    }

    /** What to do about a sandbox. */
    public enum Sandbox {
        /** Use one if one works; the start says if none does. */
        AUTO,
        /** Do not start without. */
        REQUIRED,
        /** Do without, silently. */
        OFF
    }

    /**
     * Who answers the prompts.
     *
     * @param kind the real API or the built-in stand-in, and why
     * @param model for sessions that name none, or null for the built-in choice
     * @param smallModel for quick questions of tools, or null for the session's
     * @param baseUrl the API's address
     * @param credentials what to show there
     * @param headers more headers for every request
     * @param proxy how to get there, or null for straight
     * @param noProxy hosts reached without the proxy
     * @param maxRetries attempts after the first one
     * @param idleTimeout silence after which a stream counts as broken
     * @param http2 whether HTTP/2 is offered there
     * @param trust the file with the certificates that may vouch for it, or null for those of the Java runtime
     * @param prices the price file, or null for the built-in table
     * @param context how long conversations may grow
     */
    public record Upstream(
            Kind kind,
            @Nullable String model,
            @Nullable String smallModel,
            URI baseUrl,
            Credentials credentials,
            List<Header> headers,
            @Nullable ProxyAddress proxy,
            List<String> noProxy,
            int maxRetries,
            Duration idleTimeout,
            boolean http2,
            @Nullable Path trust,
            @Nullable Path prices,
            ContextRules context) {

        /** Whether the built-in stand-in answers. */
        public boolean simulated() {
            return kind != Kind.REAL;
        }
    }

    /** Who answers, and why. */
    public enum Kind {
        /** The API at the base URL. */
        REAL,
        /** The stand-in, because it was asked for. */
        SIMULATED_ON_REQUEST,
        /** The stand-in, because neither a key nor a base URL is set. */
        SIMULATED_WITHOUT_KEY
    }

    /** The header that carries the API key. */
    public enum Credential {
        X_API_KEY("x-api-key"),
        BEARER("bearer");

        private final String word;

        Credential(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * What to show upstream; any of it may be missing.
     *
     * @param apiKey goes into {@code x-api-key}, or null
     * @param bearer goes into {@code authorization: Bearer}, or null
     */
    public record Credentials(
            @Nullable Secret apiKey, @Nullable Secret bearer) {}
}
