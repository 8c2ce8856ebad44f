package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

final class ClientPipelineTest {
    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();

    @Test
    void theOrderIsHttpThenFramesThenMessages() {
        EmbeddedChannel channel = server.connect(config);
        String tail = channel.pipeline().names().get(channel.pipeline().names().size() - 1);
        assertThat(channel.pipeline().names()).containsExactly("httpCodec", "httpRequests", tail);

        ServerFixture.send(channel, ServerFixture.upgradeRequest(""));
        assertThat(channel.pipeline().names())
                .containsExactly("frameDecoder", "frameEncoder", "utf8", "frames", "auth", tail);

        ServerFixture.send(channel, ServerFixture.text("{\"type\":\"auth\",\"token\":\"Bearer sesame \"}"));
        assertThat(channel.pipeline().names())
                .containsExactly("frameDecoder", "frameEncoder", "utf8", "frames", "messages", tail);

        ServerFixture.received(channel);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void whatComesRightBehindTheUpgradeIsNotLost() {
        EmbeddedChannel channel = server.connect(config);
        byte[] upgrade = ServerFixture.utf8(ServerFixture.upgradeRequest("?token=sesame"));
        byte[] message = ServerFixture.text("{\"type\":\"list_sessions\"}");
        byte[] both = new byte[upgrade.length + message.length];
        System.arraycopy(upgrade, 0, both, 0, upgrade.length);
        System.arraycopy(message, 0, both, upgrade.length, message.length);

        ServerFixture.send(channel, both);

        assertThat(server.handlers.messages).hasSize(1);
        assertThat(ServerFixture.received(channel)).endsWith(ServerFixture.frame("{\"type\":\"auth_success\"}"));
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void everyByteMayComeAlone() {
        EmbeddedChannel channel = server.connect(config);
        for (byte one : ServerFixture.utf8(ServerFixture.upgradeRequest("?token=sesame"))) {
            ServerFixture.send(channel, new byte[] {one});
        }
        for (byte one : ServerFixture.text("{\"type\":\"list_sessions\"}")) {
            ServerFixture.send(channel, new byte[] {one});
        }

        assertThat(server.handlers.messages).hasSize(1);
        ServerFixture.received(channel);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void theHandlerIsToldOnceThatTheConnectionIsGone() {
        EmbeddedChannel channel = server.authenticated(config);

        channel.close();

        assertThat(server.handlers.opened.get(0).closed).isEqualTo(1);
        assertThat(channel.finish()).isFalse();
    }
}
