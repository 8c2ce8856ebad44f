package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EchoServerTest {
    @Test
    void textAndBinaryComeBackAndAViolationEndsTheStream() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel echo = EchoServer.start(0, group);
        try (RawClient client = new RawClient((InetSocketAddress) echo.localAddress())) {
            client.send(ServerFixture.upgradeRequest(""));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            client.send(ServerFixture.text("hello"));
            assertThat(client.frame()).isEqualTo("\u0081hello");
            client.send(ServerFixture.masked(0x82, new byte[] {0, 1}));
            assertThat(client.frame()).isEqualTo("\u0082\u0000\u0001");

            client.send(ServerFixture.masked(0x83, new byte[0]));
            assertThat(client.frame()).isEqualTo("\u0088\u0003\u00eaProtocol error");
            assertThat(client.ended()).isTrue();
        } finally {
            echo.close().sync();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
