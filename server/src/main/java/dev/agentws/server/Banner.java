package dev.agentws.server;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is printed once the server listens: where it is, who answers, and lines to paste for a first talk. */
final class Banner {
    private final Settings settings;
    /** Empty, or the letter that makes http and ws secure. */
    private final String secure;

    private final String authority;
    private final String pasteAuthority;

    /**
     * @param address what was bound; the host is printed as it was configured, as a resolved name would be a surprise
     */
    Banner(Settings settings, InetSocketAddress address) {
        this.settings = settings;
        this.secure = settings.listen().tls() == null ? "" : "s";
        String host = settings.listen().host();
        this.authority = WebAddress.authority(host, address.getPort());
        this.pasteAuthority = WebAddress.authority(WebAddress.reachable(host), address.getPort());
    }

    /** @param key the state of the key file, or null while authentication is disabled */
    List<String> lines(KeyFile.@Nullable Status key) {
        List<String> lines = new ArrayList<>();
        lines.add("listening on http" + secure + "://" + authority);
        if (settings.listen().unixSocket() != null) {
            lines.add("listening on unix:" + settings.listen().unixSocket());
        }
        lines.add("upstream: " + upstream());
        lines.add("key: " + (key == null ? "none, authentication is disabled" : key(key)));
        lines.add("terminal: npx wscat -c ws" + secure + "://" + pasteAuthority + "/ws" + wscatHeader(key));
        String page = "http" + secure + "://" + pasteAuthority + "/";
        lines.add("browser: " + page
                + (key == null ? "" : " (asks for the key, or: echo " + page + "#key=" + keyInShell(key) + ")"));
        return lines;
    }

    private String upstream() {
        Settings.Upstream upstream = settings.upstream();
        return switch (upstream.kind()) {
            case REAL ->
                upstream.baseUrl()
                        + (upstream.proxy() == null
                                ? ""
                                : " through the proxy " + upstream.proxy().host() + ":"
                                        + upstream.proxy().port());
            case SIMULATED_ON_REQUEST -> "simulated Claude, as asked for";
            case SIMULATED_WITHOUT_KEY ->
                "simulated Claude, because none of ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN and"
                        + " ANTHROPIC_BASE_URL is set";
        };
    }

    private static String key(KeyFile.Status key) {
        return switch (key.kind()) {
            case FOUND -> key.path().toString();
            case CREATED -> key.path() + " (made just now, readable by you alone)";
            case MISSING -> "none";
        };
    }

    private static String wscatHeader(KeyFile.@Nullable Status key) {
        return key == null ? "" : " -H \"Authorization: Bearer " + keyInShell(key) + "\"";
    }

    /** The page takes the key out of the address; the key itself is not printed, because output ends up in logs. */
    private static String keyInShell(KeyFile.Status key) {
        return "$(cat " + ShellWord.of(key.path()) + ")";
    }
}
