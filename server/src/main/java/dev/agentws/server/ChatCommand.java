package dev.agentws.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.client.ClientConfig;
import dev.agentws.client.ClientException;
import dev.agentws.server.chat.Chat;
import dev.agentws.server.chat.ChatRequest;
import dev.agentws.server.chat.ChatTerminal;
import dev.agentws.server.chat.JsonChat;
import dev.agentws.server.chat.PipeTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code agentws chat}: reads its flags, finds server and key, and leaves the talking to {@code dev.agentws.server.chat}. */
final class ChatCommand {
    private final Surroundings surroundings;
    private final InputStream in;
    private final Supplier<@Nullable ChatTerminal> terminal;
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection((Callable<Integer>) this::run);

    private ChatCommand(Surroundings surroundings, InputStream in, Supplier<@Nullable ChatTerminal> terminal) {
        this.surroundings = surroundings;
        this.in = in;
        this.terminal = terminal;
    }

    /**
     * The command.
     *
     * @param in where a prompt comes from when there is no terminal
     * @param terminal opens the person's terminal, or null if there is none; called at most once
     */
    static CommandSpec spec(Surroundings surroundings, InputStream in, Supplier<@Nullable ChatTerminal> terminal) {
        CommandSpec spec = new ChatCommand(surroundings, in, terminal).spec;
        spec.name("chat").mixinStandardHelpOptions(true);
        spec.addPositional(PositionalParamSpec.builder()
                .type(String[].class)
                .arity("0..*")
                .paramLabel("PROMPT")
                .description("the first prompt; without a terminal the only one, read from standard input if not given")
                .build());
        spec.addOption(option("--url", "URL", "the server. Default: the one that the settings here would start"));
        spec.addOption(option("--key-file", "FILE", "file with the key. Default: AGENT_SERVER_API_KEY_PATH"));
        spec.addOption(option("--session", "ID", "goes on with a session of the server"));
        spec.addOption(option("--directory", "DIR", "working directory. Default: this one, if the server is local"));
        spec.addOption(option("--model", "NAME", "model. Default: the server's"));
        spec.addOption(option("--mode", "MODE", "permission mode. Default: default"));
        spec.addOption(option("--tools", "NAMES", "tools, separated by commas. Default: the server's"));
        spec.addOption(OptionSpec.builder("--json")
                .arity("0")
                .type(boolean.class)
                .description("prints the frames of one prompt as they come, one a line, for scripts")
                .build());
        spec.usageMessage().description("Talks with an agent of a running server.%n");
        return spec;
    }

    private static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    private int run() throws StartFailure, BadSetting, IOException {
        ParseResult flags = spec.commandLine().getParseResult();
        boolean json = flags.hasMatchedOption("--json");
        Server server = server();
        PrintWriter out = new PrintWriter(surroundings.out(), false, StandardCharsets.UTF_8);
        ChatTerminal person = json ? null : terminal.get();
        String prompt = prompt(flags);
        if (person == null && prompt.isEmpty()) {
            prompt = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (prompt.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "PROMPT: empty (expected: a prompt as argument or on standard input)");
            }
        }
        ChatRequest request = new ChatRequest(
                command(),
                server.config(),
                value("--session"),
                options(server.local()),
                value("--mode"),
                value("--model"),
                prompt,
                person == null);
        try (ChatTerminal screen = person == null ? new PipeTerminal(out) : person) {
            return json ? JsonChat.run(request, out) : Chat.run(request, screen);
        } catch (ClientException e) {
            throw new StartFailure("chat: " + BadSetting.printable(String.valueOf(e.getMessage())) + advice(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Chat.LEFT;
        }
    }

    private String command() {
        StringBuilder command = new StringBuilder("agentws chat");
        for (String flag : List.of("--url", "--key-file")) {
            String value = value(flag);
            if (value != null) {
                command.append(' ').append(flag).append(' ').append(ShellWord.of(value));
            }
        }
        return command.toString();
    }

    private static String prompt(ParseResult flags) {
        String[] words = flags.matchedPositionalValue(0, new String[0]);
        return String.join(" ", words);
    }

    private static String advice(ClientException failure) {
        return switch (failure.code()) {
            case ClientException.UNREACHABLE -> "; start one with `agentws` in another terminal, or name it with --url";
            case ClientException.NOT_UPGRADED -> "; name another with --url";
            case "auth_required", "invalid_token" -> "; the server's key is wanted, see --key-file";
            default -> "";
        };
    }

    private ObjectNode options(boolean local) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        String directory = value("--directory");
        if (directory != null) {
            options.put(
                    "working_directory",
                    local ? surroundings.place().resolve(directory).toString() : directory);
        } else if (local) {
            options.put("working_directory", surroundings.place().directory().toString());
        }
        put(options, "model", value("--model"));
        put(options, "permission_mode", value("--mode"));
        String tools = value("--tools");
        if (tools != null) {
            ArrayNode names = options.putArray("tools");
            for (String name : tools.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.strip());
                }
            }
        }
        return options;
    }

    private static void put(ObjectNode options, String name, @Nullable String value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    private @Nullable String value(String flag) {
        return spec.commandLine().getParseResult().matchedOptionValue(flag, (String) null);
    }

    /** @param local whether it sees the same files as this process */
    private record Server(ClientConfig config, boolean local) {}

    private Server server() throws BadSetting, StartFailure {
        Settings settings = new SettingsReader(
                        Map.of(),
                        surroundings,
                        DotEnvFile.read(surroundings.place().directory()))
                .read();
        String url = value("--url");
        String host = WebAddress.reachable(settings.listen().host());
        URI own = URI.create((settings.listen().tls() == null ? "ws://" : "wss://")
                + WebAddress.authority(host, settings.listen().port()) + "/ws");
        URI address = url == null ? own : address(url);
        String there = String.valueOf(address.getHost());
        boolean local = url == null || there.equals("localhost") || there.startsWith("127.") || there.equals("[::1]");
        String keyFile = value("--key-file");
        boolean asked = keyFile != null || settings.access().keyPath() != null;
        // The key of the server here is not for whoever runs another one.
        String key = asked || local ? key(settings, keyFile) : null;
        try {
            return new Server(ClientConfig.of(address, key), local);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--url: " + BadSetting.printable(url + "") + " (expected: "
                            + "ws://HOST:PORT/ws or http://HOST:PORT)",
                    e);
        }
    }

    private URI address(String url) {
        try {
            URI given = URI.create(url.contains("://") ? url : "ws://" + url);
            String scheme = String.valueOf(given.getScheme()).replaceFirst("^http", "ws");
            String path = given.getPath() == null || given.getPath().length() < 2 ? "/ws" : given.getPath();
            return URI.create(scheme + "://" + given.getRawAuthority() + path);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--url: " + BadSetting.printable(url) + " (expected: " + "ws://HOST:PORT/ws or http://HOST:PORT)",
                    e);
        }
    }

    private @Nullable String key(Settings settings, @Nullable String file) throws StartFailure {
        KeyFile keys = new KeyFile(
                KeyFile.placesFor(
                        file == null
                                ? settings.access().keyPath()
                                : surroundings.place().resolve(file),
                        surroundings.place().home()),
                Runnable::run,
                new SecureRandom());
        try {
            String key = keys.text();
            if (key == null && file != null) {
                throw new StartFailure("chat: --key-file: " + BadSetting.printable(file)
                        + " (expected: a file that holds the server's key)");
            }
            return key;
        } catch (IOException e) {
            throw new StartFailure("chat: the key file cannot be read: " + BadSetting.printable("" + e.getMessage()));
        }
    }
}
