package dev.agentws.benchmarks.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** One client on one connection. Made for a channel, which it joins as a handler; confined to its loop where not said otherwise. */
interface LoadClient extends ChannelHandler {
    /** Who hears how far a client has come. Called on the client's loop. */
    interface Watcher {
        /** All its sessions are there. Once, or {@link #lost} comes instead or later. */
        void ready(LoadClient client);

        /** It is of no more use. */
        void lost(LoadClient client);
    }

    /** The connection is there and the client is in its pipeline. */
    void begin(Channel channel);

    /** Prompts all sessions. Any thread. */
    void start();

    /** Ends the sessions and goes. Any thread. */
    void leave();
}
