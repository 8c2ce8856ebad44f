package dev.agentws.server;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** Something that has started and goes on until it is closed. Implementations are thread-safe. */
public interface Running {

    /** The address that was bound, with the port that was chosen where any was asked for. */
    InetSocketAddress address();

    /** Ends gracefully; the stage completes when all is closed. Further calls return the same outcome. */
    CompletionStage<Void> close();

    /** Ends as soon as what runs is done, or has had its time; the stage completes when all is closed. Further calls change nothing. */
    default CompletionStage<Void> drain() {
        return close();
    }

    /** Completes when this has ended, for whatever reason; exceptionally if it broke. */
    CompletionStage<Void> closed();
}
