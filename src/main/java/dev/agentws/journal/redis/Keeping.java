package dev.agentws.journal.redis;

import dev.agentws.journal.JournalException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Whether Redis, started again, has all that it confirmed: as its settings say, which can be changed while it runs. Where it does not
 * tell, it does not. Thread-safe.
 */
final class Keeping {
    private final RedisLink link;
    private volatile Said said = new Said(-1, false);

    /** @param connects of the link when it was asked: over another connection there may be another Redis */
    record Said(long connects, boolean keeps) {}

    Keeping(RedisLink link) {
        this.link = link;
    }

    /**
     * What scripts are to write down.
     *
     * @param written what they wrote last; null: nothing
     * @return null when there is nothing else to write, or Redis has not been asked over this connection
     */
    @Nullable
    Said news(@Nullable Said written) {
        Said now = said;
        return now.connects == link.connects() && !now.equals(written) ? now : null;
    }

    /** As scripts take it. */
    static byte[] argument(@Nullable Said said) {
        return RedisLink.bytes(said == null ? "-" : said.keeps ? "1" : "0");
    }

    /** Fails when Redis does not answer at all. */
    CompletionStage<Said> ask() {
        long connects = link.connects();
        return link.commands().configGet("append*").handle((settings, thrown) -> {
            if (thrown != null && RedisLink.isPassing(RedisLink.cause(thrown))) {
                throw new CompletionException(thrown);
            }
            Said now = new Said(connects, thrown == null && keeps(settings));
            said = now;
            return now;
        });
    }

    private static boolean keeps(Map<String, String> settings) {
        return "yes".equals(settings.get("appendonly")) && "always".equals(settings.get("appendfsync"));
    }

    /** The same for workers: blocks. */
    Said await() throws JournalException {
        return link.await(ask().toCompletableFuture());
    }
}
