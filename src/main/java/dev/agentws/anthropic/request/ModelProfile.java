package dev.agentws.anthropic.request;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of a model by its id: what it can be asked, and how much it takes and gives. A model that is no Claude gets the plainest
 * profile, because its server may refuse what it does not know. Immutable.
 *
 * @param id the id as the API takes it, without the {@code [1m]} that some clients add
 * @param family {@link Family#OTHER} for what is no Claude
 * @param maxOutputTokens the most it generates in one message
 * @param adaptiveThinking whether it takes {@code thinking: {"type": "adaptive"}}
 * @param effort whether it takes {@code output_config.effort}
 * @param structuredOutput whether it takes {@code output_config.format}
 * @param compaction whether its API shortens a conversation that is too long by itself
 * @param longContextBeta whether the wide window was asked for, and must be asked for by a beta header
 */
record ModelProfile(
        String id,
        Family family,
        int maxOutputTokens,
        boolean adaptiveThinking,
        boolean effort,
        boolean structuredOutput,
        boolean compaction,
        boolean longContextBeta) {

    /** The lines of models. */
    enum Family {
        FABLE,
        MYTHOS,
        OPUS,
        SONNET,
        HAIKU,
        OTHER
    }

    private static final String LONG_CONTEXT_SUFFIX = "[1m]";
    /** Enough for a long answer, while a runaway one stays affordable. */
    private static final int USUAL_MAX_TOKENS = 32_000;

    /** {@code claude-opus-5-5}, {@code claude-sonnet-4-5-20250929}, {@code anthropic/claude-opus-4.6}: a date is no minor version. */
    private static final Pattern CURRENT = Pattern.compile(
            "(?:^|[/.])claude-(fable|mythos|opus|sonnet|haiku)-(\\d{1,2})(?:[-.](\\d{1,2}))?(?:[-@:].*)?$");
    /** {@code claude-3-5-sonnet-20241022}. */
    private static final Pattern EARLY =
            Pattern.compile("(?:^|[/.])claude-(\\d{1,2})(?:[-.](\\d{1,2}))?-(opus|sonnet|haiku)(?:[-@:].*)?$");

    /** The profile of the model with that id; any id has one. */
    static ModelProfile of(String model) {
        String name = model.strip();
        boolean longContext = name.toLowerCase(Locale.ROOT).endsWith(LONG_CONTEXT_SUFFIX);
        String id = longContext
                ? name.substring(0, name.length() - LONG_CONTEXT_SUFFIX.length())
                        .strip()
                : name;
        Matcher current = CURRENT.matcher(id.toLowerCase(Locale.ROOT));
        if (current.find()) {
            return claude(id, current.group(1), version(current.group(2), current.group(3)), longContext);
        }
        Matcher early = EARLY.matcher(id.toLowerCase(Locale.ROOT));
        if (early.find()) {
            return claude(id, early.group(3), version(early.group(1), early.group(2)), longContext);
        }
        return new ModelProfile(id, Family.OTHER, USUAL_MAX_TOKENS, false, false, false, false, false);
    }

    /** What to send as {@code max_tokens} when nobody says. */
    int defaultMaxTokens() {
        return Math.min(USUAL_MAX_TOKENS, maxOutputTokens);
    }

    private static ModelProfile claude(String id, String line, int version, boolean longContext) {
        Family family = Family.valueOf(line.toUpperCase(Locale.ROOT));
        boolean modern = version >= 406;
        boolean beta = longContext && !modern;
        boolean effort = modern || (family == Family.OPUS && version == 405);
        return new ModelProfile(id, family, maxOutput(family, version), modern, effort, version >= 405, modern, beta);
    }

    private static int maxOutput(Family family, int version) {
        if (version >= 500) {
            return 128_000;
        }
        if (version >= 406) {
            return family == Family.SONNET ? 64_000 : 128_000;
        }
        if (version < 307) {
            return version == 305 ? 8_192 : 4_096;
        }
        return family == Family.OPUS && version < 405 ? 32_000 : 64_000;
    }

    /** 4.5 as 405. */
    private static int version(String major, String minor) {
        return Integer.parseInt(major) * 100 + (minor == null ? 0 : Integer.parseInt(minor));
    }
}
