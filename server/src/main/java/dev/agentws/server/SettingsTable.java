package dev.agentws.server;

import dev.agentws.SocketKind;
import dev.agentws.agent.model.CompactionMode;
import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.metrics.MetricsAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Every setting of the program, in the order in which they are explained. */
final class SettingsTable {
    static final Setting<String> HOST =
            Setting.of("AGENT_SERVER_HOST", "127.0.0.1", Values.host(), "address to listen on");
    static final Setting<Integer> PORT =
            Setting.of("AGENT_SERVER_PORT", "8001", Values.integer(0, 65_535), "port to listen on; 0 = any free one");
    static final Setting<LogLevel> LOG_LEVEL = Setting.of(
            "AGENT_SERVER_LOG_LEVEL",
            "INFO",
            Values.oneOf(Values.words(LogLevel.values(), LogLevel::word)),
            "how much is logged (to standard error)");
    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
            "AGENT_SERVER_LOG_FORMAT",
            "text",
            Values.oneOf(Values.words(LogFormat.values(), LogFormat::word)),
            "how log events are written, one line each: text for people, json for programs");
    static final Setting<MetricsAccess> METRICS = Setting.of(
            "AGENT_SERVER_METRICS",
            "auto",
            Values.oneOf(
                    Values.words(MetricsAccess.values(), access -> access.name().toLowerCase(Locale.ROOT))),
            "who may read /metrics: anybody (open), who shows the key (token), nobody (off); auto is open on loopback, else token");
    static final Setting<Duration> DRAIN = Setting.of(
            "AGENT_SERVER_DRAIN_SECONDS",
            "20",
            Values.seconds(0, 86_400),
            "how long running turns may go on after SIGTERM, before they are interrupted");
    static final Setting<URI> OTLP_ENDPOINT = Setting.optional(
                    "AGENT_SERVER_OTLP_ENDPOINT",
                    "none",
                    Values.webAddress(),
                    "OpenTelemetry collector for spans, by OTLP over HTTP; /v1/traces is appended")
            .or("OTEL_EXPORTER_OTLP_ENDPOINT");
    static final Setting<Boolean> TRACE_CONTENT = Setting.of(
            "AGENT_SERVER_TRACE_CONTENT",
            "false",
            Values.bool(),
            "whether prompts, answers, inputs and results of tools are sent with the spans");
    static final Setting<Integer> IO_THREADS = Setting.optional(
            "AGENT_SERVER_IO_THREADS",
            "half the processors",
            Values.integer(1, 1024),
            "number of event loops; one passes on some 100,000 deltas a second");
    static final Setting<Duration> FLUSH_WINDOW = Setting.of(
            "AGENT_SERVER_FLUSH_WINDOW_MS",
            "0",
            Values.millis(0, 100),
            "how long frames are gathered before they leave: later, but fewer writes; 0 = at once");
    static final Setting<SocketKind> TRANSPORT = Setting.of(
            "AGENT_SERVER_TRANSPORT",
            "auto",
            Values.oneOf(Values.words(SocketKind.values(), kind -> kind.name().toLowerCase(Locale.ROOT))),
            "what moves the bytes; auto is epoll on Linux, kqueue on macOS, nio elsewhere");
    static final Setting<Boolean> WARM_UP = Setting.of(
            "AGENT_SERVER_WARM_UP",
            "true",
            Values.bool(),
            "whether a second of CPU after the start goes into compiling the path of a delta, before clients pay for it");
    static final Setting<Path> UNIX_SOCKET = Setting.optional(
            "AGENT_SERVER_UNIX_SOCKET",
            "none",
            Values.file(),
            "file of a Unix domain socket to listen on as well, open to this user only");
    static final Setting<Path> TLS_CERT = Setting.optional(
            "AGENT_SERVER_TLS_CERT",
            "none",
            Values.readableFile(),
            "PEM file with the certificate chain; the port then speaks https and wss only");
    static final Setting<Path> TLS_KEY = Setting.optional(
            "AGENT_SERVER_TLS_KEY",
            "none",
            Values.readableFile(),
            "PEM file with the private key of the certificate (PKCS #8, no password)");

    static final Setting<Boolean> AUTH_ENABLED = Setting.of(
            "AGENT_SERVER_AUTH_ENABLED",
            "true",
            Values.bool(),
            "whether clients must show the key; false is refused on a host that is not loopback");
    static final Setting<Boolean> ALLOW_INSECURE = Setting.of(
            "AGENT_SERVER_ALLOW_INSECURE",
            "false",
            Values.bool(),
            "true = let anybody who reaches the port in, without a key, on any host");
    static final Setting<Path> API_KEY_PATH = Setting.optional(
            "AGENT_SERVER_API_KEY_PATH",
            "~/.claude/analytics/.secret",
            Values.file(),
            "file with the key that clients show; made at the start if there is none");
    static final Setting<Set<String>> ALLOWED_ORIGINS = Setting.optional(
            "AGENT_SERVER_ALLOWED_ORIGINS", "none", Values.origins(), "web pages that may connect; * = any");

    static final Setting<Integer> MAX_CONCURRENT_SESSIONS = Setting.of(
            "AGENT_SERVER_MAX_CONCURRENT_SESSIONS",
            "10",
            Values.integer(1, 1_000_000),
            "sessions in memory at once, of all connections; those that hibernate do not count");
    static final Setting<Integer> MAX_CONNECTIONS = Setting.of(
            "AGENT_SERVER_MAX_CONNECTIONS", "10000", Values.integer(1, 1_000_000), "connections open at once");
    static final Setting<Duration> SESSION_TIMEOUT = Setting.of(
            "AGENT_SERVER_SESSION_TIMEOUT_SECONDS",
            "3600",
            Values.seconds(1, 31_536_000),
            "idle time after which a session ends");
    static final Setting<Duration> PERMISSION_TIMEOUT = Setting.of(
            "AGENT_SERVER_PERMISSION_TIMEOUT_SECONDS",
            "60",
            Values.seconds(1, 86_400),
            "time to answer a permission question");
    static final Setting<Integer> QUEUE_PER_SESSION = Setting.of(
            "AGENT_SERVER_QUEUE_PER_SESSION",
            "8",
            Values.integer(0, 1000),
            "prompts that may wait behind the running one");
    static final Setting<Integer> MAX_MESSAGE_BYTES = Setting.of(
            "AGENT_SERVER_MAX_MESSAGE_BYTES",
            "16777216",
            Values.integer(1024, 1 << 30),
            "longest message of a client, in bytes");
    static final Setting<Integer> MESSAGES_PER_SECOND = Setting.of(
            "AGENT_SERVER_MESSAGES_PER_SECOND",
            "500",
            Values.integer(1, 1_000_000),
            "messages per connection and second");
    static final Setting<Integer> PROMPTS_PER_MINUTE = Setting.of(
            "AGENT_SERVER_PROMPTS_PER_MINUTE",
            "600",
            Values.integer(1, 1_000_000),
            "prompts per connection and minute");
    static final Setting<Integer> AUTH_FAILURES_PER_MINUTE = Setting.of(
            "AGENT_SERVER_AUTH_FAILURES_PER_MINUTE",
            "30",
            Values.integer(1, 1_000_000),
            "wrong keys per client address and minute");

    static final Setting<List<Path>> WORKSPACE_ROOTS = Setting.optional(
            "AGENT_SERVER_WORKSPACE_ROOTS",
            "anywhere",
            Values.directories(),
            "a session's working directory must lie under one of these");
    static final Setting<Path> WORKING_DIRECTORY = Setting.optional(
            "AGENT_SERVER_WORKING_DIRECTORY",
            "the process's",
            Values.directory(),
            "working directory of sessions that name none");
    static final Setting<Optional<Path>> DATA_DIR = Setting.of(
            "AGENT_SERVER_DATA_DIR",
            "auto",
            Values.directoryOrNone(),
            "directory where sessions are written down, so that they outlive the process; none = in memory only; auto = ~/.claude/agentws, or memory where that cannot be had");
    static final Setting<Durability> JOURNAL_LEVEL = Setting.of(
            "AGENT_SERVER_JOURNAL_LEVEL",
            "fast",
            Values.oneOf(Values.words(Durability.values(), level -> level.name().toLowerCase(Locale.ROOT))),
            "fast = clients see at once what follows to the disk within 50 ms; strict = they see only what is on the disk");
    static final Setting<Secret> REDIS_URL = Setting.optional(
                    "AGENT_SERVER_REDIS_URL",
                    "none",
                    Values.redisAddress(),
                    "Redis where sessions are written down in place of a directory, so that several servers can share them")
            .as(Setting.Secrecy.MASKED);
    static final Setting<Duration> REDIS_LEASE = Setting.of(
            "AGENT_SERVER_REDIS_LEASE_SECONDS",
            "5",
            Values.seconds(1, 300),
            "how long a session stays with a server that is not heard of, before another one takes it over");
    static final Setting<Integer> REDIS_REPLICAS = Setting.of(
            "AGENT_SERVER_REDIS_REPLICAS",
            "0",
            Values.integer(0, 16),
            "how many replicas of Redis must have what a session shows before clients see it");
    static final Setting<Optional<Duration>> HIBERNATE_AFTER = Setting.of(
            "AGENT_SERVER_HIBERNATE_AFTER_SECONDS",
            "300",
            Values.secondsOrOff(31_536_000),
            "idle time after which a session in a data directory or in Redis leaves the memory until it is needed, if no client of its server watches it; off = never");
    static final Setting<End> ENDED_SESSIONS = Setting.of(
            "AGENT_SERVER_ENDED_SESSIONS",
            "archive",
            Values.oneOf(Values.words(End.values(), end -> end.name().toLowerCase(Locale.ROOT))),
            "what becomes of an ended session that was written down: kept aside, or deleted");
    static final Setting<Integer> ARCHIVE_DAYS = Setting.of(
            "AGENT_SERVER_ARCHIVE_DAYS",
            "30",
            Values.integer(0, 36_500),
            "days after which an archived session is deleted; 0 = never");
    static final Setting<Settings.Sandbox> SANDBOX = Setting.of(
            "AGENT_SERVER_SANDBOX",
            "auto",
            Values.oneOf(
                    Values.words(Settings.Sandbox.values(), wish -> wish.name().toLowerCase(Locale.ROOT))),
            "bubblewrap for the commands of Bash: auto uses it where it works, required does not start without, off does without");
    static final Setting<Boolean> SANDBOX_NETWORK = Setting.of(
            "AGENT_SERVER_SANDBOX_NETWORK",
            "false",
            Values.bool(),
            "whether commands in the sandbox reach the network, this machine's own services included");
    static final Setting<Settings.SandboxTmp> SANDBOX_TMP = Setting.of(
            "AGENT_SERVER_SANDBOX_TMP",
            "command",
            Values.oneOf(Values.words(
                    Settings.SandboxTmp.values(), span -> span.name().toLowerCase(Locale.ROOT))),
            "how long /tmp of the sandbox lasts: command has it in memory, at most 256 MiB; session on disk, where no cap holds");

    static final Setting<Boolean> SIMULATE = Setting.optional(
            "AGENT_SERVER_SIMULATE",
            "true when neither an upstream key nor a base URL is set",
            Values.bool(),
            "answer with the built-in simulated Claude in place of the API");
    static final Setting<String> MODEL = Setting.optional(
                    "AGENT_SERVER_MODEL", "built in", Values.word(), "model of sessions that name none")
            .or("ANTHROPIC_MODEL");
    static final Setting<String> SMALL_MODEL = Setting.optional(
                    "AGENT_SERVER_SMALL_MODEL",
                    "the session's model",
                    Values.word(),
                    "model for quick questions of tools, such as what a page says")
            .or("ANTHROPIC_SMALL_FAST_MODEL");
    static final Setting<Secret> API_KEY = Setting.optional(
                    "ANTHROPIC_API_KEY", "none", Values.secret(), "key for the API")
            .as(Setting.Secrecy.SECRET);
    static final Setting<Secret> AUTH_TOKEN = Setting.optional(
                    "ANTHROPIC_AUTH_TOKEN", "none", Values.secret(), "token for the API, sent as Authorization: Bearer")
            .as(Setting.Secrecy.SECRET);
    static final Setting<URI> BASE_URL = Setting.of(
            "ANTHROPIC_BASE_URL",
            "https://api.anthropic.com",
            Values.webAddress(),
            "address of the API or of a compatible one");
    static final Setting<List<Header>> CUSTOM_HEADERS = Setting.optional(
                    "ANTHROPIC_CUSTOM_HEADERS",
                    "none",
                    Header.list(),
                    "more headers for the API, one Name: value per line")
            .as(Setting.Secrecy.SECRET);
    static final Setting<Settings.Credential> KEY_HEADER = Setting.of(
            "AGENT_SERVER_UPSTREAM_KEY_HEADER",
            "x-api-key",
            Values.oneOf(Values.words(Settings.Credential.values(), Settings.Credential::word)),
            "how ANTHROPIC_API_KEY is sent: in x-api-key, or as Authorization: Bearer");
    static final Setting<Integer> MAX_RETRIES = Setting.of(
            "AGENT_SERVER_MAX_RETRIES", "10", Values.integer(0, 100), "attempts after a failed call of the API");
    static final Setting<Duration> UPSTREAM_IDLE = Setting.of(
            "AGENT_SERVER_UPSTREAM_IDLE_SECONDS",
            "120",
            Values.seconds(1, 3600),
            "silence after which a stream of the API counts as broken");
    static final Setting<Boolean> UPSTREAM_HTTP2 = Setting.of(
            "AGENT_SERVER_UPSTREAM_HTTP2",
            "false",
            Values.bool(),
            "true = offer HTTP/2 to the API, so that streams share connections; an http address must then speak it");
    static final Setting<Path> UPSTREAM_CA = Setting.optional(
            "AGENT_SERVER_UPSTREAM_CA",
            "those of the Java runtime",
            Values.readableFile(),
            "PEM file with the only certificates that may vouch for the API");
    static final Setting<Path> PRICES = Setting.optional(
            "AGENT_SERVER_PRICES", "built in", Values.readableFile(), "JSON file with the prices of models");
    static final Setting<Integer> COMPACT_AT = Setting.of(
            "AGENT_SERVER_COMPACT_AT",
            "80",
            Values.integer(0, 95),
            "percent of the model's context window at which a conversation is summarised; 0 = only when it is full");
    static final Setting<CompactionMode> COMPACTION = Setting.of(
            "AGENT_SERVER_COMPACTION",
            "auto",
            Values.oneOf(Values.words(CompactionMode.values(), CompactionMode::wireName)),
            "who shortens long conversations: the API, this server (client) or nobody; auto = the API where it can");
    static final Setting<Integer> CONTEXT_WINDOW = Setting.optional(
            "AGENT_SERVER_CONTEXT_WINDOW",
            "by model",
            Values.integer(1000, 100_000_000),
            "tokens that every model takes; set it for models of others");
    static final Setting<ProxyAddress> HTTPS_PROXY = Setting.optional(
                    "HTTPS_PROXY", "none", ProxyAddress.type(), "HTTP proxy on the way to the API")
            .or("https_proxy")
            .as(Setting.Secrecy.MASKED);
    static final Setting<List<String>> NO_PROXY = Setting.optional(
                    "NO_PROXY", "none", Values.list(), "hosts reached without the proxy")
            .or("no_proxy");

    static final List<Setting<?>> ALL = List.of(
            HOST,
            PORT,
            LOG_LEVEL,
            LOG_FORMAT,
            METRICS,
            DRAIN,
            OTLP_ENDPOINT,
            TRACE_CONTENT,
            IO_THREADS,
            FLUSH_WINDOW,
            TRANSPORT,
            WARM_UP,
            UNIX_SOCKET,
            TLS_CERT,
            TLS_KEY,
            AUTH_ENABLED,
            ALLOW_INSECURE,
            API_KEY_PATH,
            ALLOWED_ORIGINS,
            MAX_CONCURRENT_SESSIONS,
            MAX_CONNECTIONS,
            SESSION_TIMEOUT,
            PERMISSION_TIMEOUT,
            QUEUE_PER_SESSION,
            MAX_MESSAGE_BYTES,
            MESSAGES_PER_SECOND,
            PROMPTS_PER_MINUTE,
            AUTH_FAILURES_PER_MINUTE,
            WORKSPACE_ROOTS,
            WORKING_DIRECTORY,
            DATA_DIR,
            JOURNAL_LEVEL,
            REDIS_URL,
            REDIS_LEASE,
            REDIS_REPLICAS,
            HIBERNATE_AFTER,
            ENDED_SESSIONS,
            ARCHIVE_DAYS,
            SANDBOX,
            SANDBOX_NETWORK,
            SANDBOX_TMP,
            SIMULATE,
            MODEL,
            SMALL_MODEL,
            API_KEY,
            AUTH_TOKEN,
            BASE_URL,
            CUSTOM_HEADERS,
            KEY_HEADER,
            MAX_RETRIES,
            UPSTREAM_IDLE,
            UPSTREAM_HTTP2,
            UPSTREAM_CA,
            PRICES,
            COMPACT_AT,
            COMPACTION,
            CONTEXT_WINDOW,
            HTTPS_PROXY,
            NO_PROXY);

    private SettingsTable() {}
}
