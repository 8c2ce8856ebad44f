package dev.agentws.simulator.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model allows, read off its id.
 *
 * @param version two digits, as in 46 for 4.6
 */
public record ModelInfo(String id, String family, int version) {
    private static final Pattern NEW_STYLE = Pattern.compile("claude-([a-z]+)-(\\d)(?:-(\\d)(?!\\d))?.*");
    private static final Pattern OLD_STYLE = Pattern.compile("claude-(\\d)(?:-(\\d)(?!\\d))?-([a-z]+).*");
    private static final int NEWEST = 55;

    public static ModelInfo of(String id) {
        Matcher modern = NEW_STYLE.matcher(id);
        if (modern.matches()) {
            return new ModelInfo(id, modern.group(1), version(modern.group(2), modern.group(3)));
        }
        Matcher old = OLD_STYLE.matcher(id);
        if (old.matches()) {
            return new ModelInfo(id, old.group(3), version(old.group(1), old.group(2)));
        }
        return new ModelInfo(id, "unknown", NEWEST);
    }

    private static int version(String major, @Nullable String minor) {
        return Integer.parseInt(major) * 10 + (minor == null ? 0 : Integer.parseInt(minor));
    }

    private boolean frontier() {
        return family.equals("fable") || family.equals("mythos");
    }

    public boolean is(String name, int from) {
        return family.equals(name) && version >= from;
    }

    public boolean known() {
        return id.startsWith("claude-") && id.length() > "claude-".length();
    }

    public boolean budgetThinking() {
        return version < 47;
    }

    public boolean adaptiveThinking() {
        return version >= 46;
    }

    public boolean compaction() {
        return version >= 46;
    }

    public boolean alwaysThinks() {
        return frontier() || is("opus", 55) || is("sonnet", 55);
    }

    public boolean thinksBetweenTools() {
        return is("sonnet", 55);
    }

    public boolean omitsThinking() {
        return version >= 47;
    }

    public boolean forcedTools() {
        return !(frontier() && version >= 51) && !is("opus", 55) && !is("sonnet", 55);
    }

    public boolean prefill() {
        return version < 46;
    }

    public boolean sampling() {
        return version < 47;
    }

    public boolean systemMessages() {
        return is("opus", 48) || frontier() || version >= NEWEST;
    }

    public boolean effort(String level) {
        return switch (level) {
            case "xhigh" -> version >= 47;
            case "max" -> version >= 46;
            default -> version >= 46 || is("opus", 45);
        };
    }

    public int maxOutput() {
        if (version >= 46) {
            return 128_000;
        }
        if (version >= 45 || is("sonnet", 40)) {
            return 64_000;
        }
        return version >= 40 ? 32_000 : 8_192;
    }

    public int contextTokens() {
        return version >= 46 ? 1_000_000 : 200_000;
    }

    /** Prompts shorter than this are silently not cached. */
    int cacheMinimum() {
        if (family.equals("sonnet") || version < 45 || (family.equals("opus") && version == 48)) {
            return 1024;
        }
        if (family.equals("opus") && version == 47) {
            return 2048;
        }
        return version <= 46 ? 4096 : 512;
    }

    /** Newer tokenizers cut text finer. */
    double tokensPerChar() {
        return version >= 47 ? 0.325 : 0.25;
    }
}
