package dev.agentws.server;

import dev.agentws.TlsFiles;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.ContextWindows;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns what flags, environment and {@code .env} say into {@link Settings}: a flag beats the environment beats {@code .env}, and
 * within the environment and {@code .env} an empty value counts as not set. Confined to one thread.
 */
final class SettingsReader {
    private final Map<String, String> flags;
    private final Map<String, String> environment;
    private final Map<String, String> dotEnv;
    private final Place place;
    private final int processors;
    private final List<String> warnings = new ArrayList<>();

    /** @param flags values of flags by the main name of their setting */
    SettingsReader(Map<String, String> flags, Surroundings surroundings, Map<String, String> dotEnv) {
        this.flags = flags;
        this.environment = surroundings.environment();
        this.dotEnv = dotEnv;
        this.place = surroundings.place();
        this.processors = surroundings.processors();
    }

    /** Where a value was found. */
    private record Found(String name, String text, String source, boolean onCommandLine) {}

    Settings read() throws BadSetting {
        warnOfUnknown();
        return new Settings(
                listen(),
                access(),
                limits(),
                workplace(),
                journal(),
                upstream(),
                need(SettingsTable.LOG_LEVEL),
                operations());
    }

    private Settings.Operations operations() throws BadSetting {
        return new Settings.Operations(
                need(SettingsTable.LOG_FORMAT),
                need(SettingsTable.METRICS),
                need(SettingsTable.DRAIN),
                value(SettingsTable.OTLP_ENDPOINT),
                need(SettingsTable.TRACE_CONTENT));
    }

    /** Lines for the user that do not stop the start; complete after {@link #read()}. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private Settings.Listen listen() throws BadSetting {
        Integer ioThreads = value(SettingsTable.IO_THREADS);
        return new Settings.Listen(
                need(SettingsTable.HOST),
                need(SettingsTable.PORT),
                ioThreads == null ? usualIoThreads() : ioThreads,
                need(SettingsTable.FLUSH_WINDOW),
                tls(),
                value(SettingsTable.UNIX_SOCKET),
                need(SettingsTable.TRANSPORT),
                need(SettingsTable.WARM_UP));
    }

    /**
     * A busy loop that is woken for many sockets at once does more with a core than two loops woken for half as many each, and the other
     * cores are wanted for tools, the compiler and the collector.
     */
    private int usualIoThreads() {
        return Math.max(1, processors / 2);
    }

    private @Nullable TlsFiles tls() throws BadSetting {
        Path certificate = value(SettingsTable.TLS_CERT);
        Path key = value(SettingsTable.TLS_KEY);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            Setting<Path> missing = certificate == null ? SettingsTable.TLS_CERT : SettingsTable.TLS_KEY;
            throw new BadSetting(missing.name() + ": not set (expected: "
                    + missing.type().expected() + ", because a certificate and its key go together)");
        }
        return new TlsFiles(certificate, key);
    }

    private Settings.Access access() throws BadSetting {
        boolean enabled = need(SettingsTable.AUTH_ENABLED);
        String host = need(SettingsTable.HOST);
        if (!enabled && !need(SettingsTable.ALLOW_INSECURE) && !isLoopback(host)) {
            throw new BadSetting("AGENT_SERVER_AUTH_ENABLED: false (expected: true, because anybody who reaches " + host
                    + " could run commands here; listen on 127.0.0.1, or set AGENT_SERVER_ALLOW_INSECURE=true)");
        }
        Set<String> origins = value(SettingsTable.ALLOWED_ORIGINS);
        return new Settings.Access(enabled, value(SettingsTable.API_KEY_PATH), origins == null ? Set.of() : origins);
    }

    private Settings.Limits limits() throws BadSetting {
        return new Settings.Limits(
                need(SettingsTable.MAX_CONNECTIONS),
                need(SettingsTable.MAX_CONCURRENT_SESSIONS),
                need(SettingsTable.QUEUE_PER_SESSION),
                need(SettingsTable.SESSION_TIMEOUT),
                need(SettingsTable.PERMISSION_TIMEOUT),
                need(SettingsTable.MAX_MESSAGE_BYTES),
                need(SettingsTable.MESSAGES_PER_SECOND),
                need(SettingsTable.PROMPTS_PER_MINUTE),
                need(SettingsTable.AUTH_FAILURES_PER_MINUTE));
    }

    private Settings.Workplace workplace() throws BadSetting {
        List<Path> roots = value(SettingsTable.WORKSPACE_ROOTS);
        Path asked = value(SettingsTable.WORKING_DIRECTORY);
        Path directory = asked == null ? place.directory() : asked;
        if (roots != null && roots.stream().noneMatch(root -> real(directory).startsWith(real(root)))) {
            warnings.add("the working directory " + directory
                    + " lies under none of AGENT_SERVER_WORKSPACE_ROOTS, so sessions"
                    + " must name one; or set AGENT_SERVER_WORKING_DIRECTORY");
        }
        return new Settings.Workplace(
                roots == null ? List.of() : roots,
                directory,
                need(SettingsTable.SANDBOX),
                need(SettingsTable.SANDBOX_NETWORK),
                need(SettingsTable.SANDBOX_TMP));
    }

    private Settings.Journal journal() throws BadSetting {
        Path directory = need(SettingsTable.DATA_DIR).orElse(null);
        boolean chosen = directory != null && !directory.equals(place.resolve(Values.USUAL_DATA));
        Secret redis = value(SettingsTable.REDIS_URL);
        if (redis != null && chosen) {
            throw new BadSetting(SettingsTable.REDIS_URL.name() + ": set beside " + SettingsTable.DATA_DIR.name()
                    + " (expected: one of them, because sessions are written down in one place)");
        }
        if (redis != null && find(SettingsTable.JOURNAL_LEVEL) != null) {
            throw new BadSetting(
                    SettingsTable.JOURNAL_LEVEL.name() + ": set beside " + SettingsTable.REDIS_URL.name()
                            + " (expected: one of them, because there clients see what Redis has, and its appendfsync is the level)");
        }
        return new Settings.Journal(
                redis == null ? directory : null,
                chosen,
                redis,
                need(SettingsTable.REDIS_LEASE),
                need(SettingsTable.REDIS_REPLICAS),
                need(SettingsTable.JOURNAL_LEVEL),
                need(SettingsTable.HIBERNATE_AFTER).orElse(null),
                need(SettingsTable.ENDED_SESSIONS),
                Duration.ofDays(need(SettingsTable.ARCHIVE_DAYS)));
    }

    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            return directory;
        }
    }

    private Settings.Upstream upstream() throws BadSetting {
        List<Header> headers = value(SettingsTable.CUSTOM_HEADERS);
        List<String> noProxy = value(SettingsTable.NO_PROXY);
        return new Settings.Upstream(
                kind(),
                value(SettingsTable.MODEL),
                value(SettingsTable.SMALL_MODEL),
                need(SettingsTable.BASE_URL),
                credentials(),
                headers == null ? List.of() : headers,
                value(SettingsTable.HTTPS_PROXY),
                noProxy == null ? List.of() : noProxy,
                need(SettingsTable.MAX_RETRIES),
                need(SettingsTable.UPSTREAM_IDLE),
                need(SettingsTable.UPSTREAM_HTTP2),
                value(SettingsTable.UPSTREAM_CA),
                value(SettingsTable.PRICES),
                context());
    }

    private ContextRules context() throws BadSetting {
        Integer window = value(SettingsTable.CONTEXT_WINDOW);
        ContextWindows windows = window == null ? ContextWindows.published() : ContextWindows.always(window);
        return new ContextRules(windows, need(SettingsTable.COMPACT_AT), need(SettingsTable.COMPACTION));
    }

    private Settings.Kind kind() throws BadSetting {
        Boolean asked = value(SettingsTable.SIMULATE);
        if (asked != null) {
            return asked ? Settings.Kind.SIMULATED_ON_REQUEST : Settings.Kind.REAL;
        }
        boolean any = find(SettingsTable.API_KEY) != null
                || find(SettingsTable.AUTH_TOKEN) != null
                || find(SettingsTable.BASE_URL) != null;
        return any ? Settings.Kind.REAL : Settings.Kind.SIMULATED_WITHOUT_KEY;
    }

    private Settings.Credentials credentials() throws BadSetting {
        Secret key = value(SettingsTable.API_KEY);
        Secret token = value(SettingsTable.AUTH_TOKEN);
        if (need(SettingsTable.KEY_HEADER) == Settings.Credential.X_API_KEY) {
            return new Settings.Credentials(key, token);
        }
        if (key != null && token != null) {
            throw new BadSetting("AGENT_SERVER_UPSTREAM_KEY_HEADER: bearer (expected: x-api-key, because the one bearer"
                    + " header already carries ANTHROPIC_AUTH_TOKEN; or unset one of the two keys)");
        }
        return new Settings.Credentials(null, key == null ? token : key);
    }

    private <T> T need(Setting<T> setting) throws BadSetting {
        T value = value(setting);
        if (value == null) {
            throw new IllegalStateException("setting without a default: " + setting.name());
        }
        return value;
    }

    private <T> @Nullable T value(Setting<T> setting) throws BadSetting {
        Found found = find(setting);
        if (found == null) {
            String fallback = setting.fallback();
            return fallback == null ? null : Values.parse(setting.type(), fallback, place);
        }
        String expected = setting.type().expected();
        try {
            T value = Values.parse(setting.type(), found.text(), place);
            if (found.onCommandLine() && value instanceof ProxyAddress proxy && proxy.credentials() != null) {
                expected = "no password on a command line, where other users can read it; use the environment";
            } else {
                return value;
            }
        } catch (NumberFormatException e) {
            // Its message repeats the value; what was expected says more.
        } catch (IllegalArgumentException e) {
            // Only our own checks speak here; the JDK's messages (URI, Path) quote the value, which may be a secret.
            expected = ownWords(e, expected);
        }
        throw BadSetting.value(found.name(), setting.shown(found.text()), found.source(), expected);
    }

    private static String ownWords(IllegalArgumentException e, String expected) {
        String message = e.getMessage();
        boolean ours = e.getClass() == IllegalArgumentException.class && e.getCause() == null;
        return ours && message != null ? BadSetting.printable(message) : expected;
    }

    private @Nullable Found find(Setting<?> setting) {
        String flag = flags.get(setting.name());
        if (flag != null) {
            return new Found(
                    setting.name(), flag.strip(), "the flag " + setting.flags().get(0), true);
        }
        for (String name : setting.names()) {
            Found found = in(environment, name, "the environment");
            if (found != null) {
                return found;
            }
        }
        for (String name : setting.names()) {
            Found found = in(dotEnv, name, "the file .env");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Found in(Map<String, String> values, String name, String source) {
        String text = values.get(name);
        return text == null || text.isBlank() ? null : new Found(name, text.strip(), source, false);
    }

    private void warnOfUnknown() {
        List<String> known = SettingsTable.ALL.stream()
                .flatMap(setting -> setting.names().stream())
                .toList();
        for (Map<String, String> source : List.of(environment, dotEnv)) {
            for (String name : source.keySet().stream().sorted().toList()) {
                if (name.startsWith(Setting.PREFIX) && !known.contains(name)) {
                    warnings.add(BadSetting.printable(name) + ": unknown setting, ignored"
                            + Spelling.nearest(name, known)
                                    .map(near -> " (did you mean " + near + "?)")
                                    .orElse(""));
                }
            }
        }
    }

    /** Only what is loopback without asking a name server counts: this decides whether a server without a key may start. */
    static boolean isLoopback(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        if (address == null) {
            return host.equalsIgnoreCase("localhost");
        }
        try {
            return InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
