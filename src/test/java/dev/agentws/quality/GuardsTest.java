package dev.agentws.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.io.FileInputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The guards must bark: a guard that finds nothing even when something is there would let everything pass. */
final class GuardsTest {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "pooled", "unpooled"})
    void aBufferThatIsDroppedIsFound(String kind) {
        ByteBufAllocator allocator =
                switch (kind) {
                    case "pooled" -> PooledByteBufAllocator.DEFAULT;
                    case "unpooled" -> UnpooledByteBufAllocator.DEFAULT;
                    default -> ByteBufAllocator.DEFAULT;
                };
        drop(allocator);

        LeakGuard.provokeReports();

        assertThat(Guards.drain())
                .singleElement()
                .asString()
                .startsWith("LEAK: ")
                .contains("GuardsTest.drop");
    }

    @Test
    void aBufferThatIsReleasedIsNotAFinding() {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);
        buffer.release();

        LeakGuard.provokeReports();

        assertThat(Guards.drain()).isEmpty();
    }

    @Test
    void aFindingFailsTheClass() {
        drop(ByteBufAllocator.DEFAULT);

        assertThatThrownBy(Guards::check).isInstanceOf(AssertionError.class).hasMessageContaining("LEAK");
        assertThat(Guards.drain()).isEmpty();
    }

    private static void drop(ByteBufAllocator allocator) {
        ByteBuf dropped = allocator.buffer(16);
        dropped.writeByte(1);
    }

    @Test
    void aWaitOnAnEventLoopIsFoundEvenWhenItsErrorIsSwallowed() {
        Future<?> task = loops.submit(() -> new CountDownLatch(1).await(5, TimeUnit.SECONDS));

        assertThat(task.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Guards.drain())
                .singleElement()
                .asString()
                .startsWith("BLOCKING: ")
                .contains("GuardsTest");
    }

    @Test
    void aFileReadOnAnEventLoopIsFound() {
        Future<?> task = loops.submit(() -> {
            try (FileInputStream in = new FileInputStream("pom.xml")) {
                return in.read();
            }
        });

        assertThat(task.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Guards.drain()).anySatisfy(finding -> assertThat(finding).contains("FileInputStream"));
    }

    @Test
    void aThreadNamedLikeOneOfOursIsGuardedToo() throws InterruptedException {
        Thread thread = new Thread(
                () -> assertThatCode(() -> new CountDownLatch(1).await(5, TimeUnit.SECONDS))
                        .isNotNull(),
                "agentws-io-9");
        thread.start();
        thread.join(Duration.ofSeconds(10).toMillis());

        assertThat(Guards.drain()).singleElement().asString().contains("agentws-io-9");
    }

    @Test
    void whatAnEventLoopMayDoIsNotAFinding() {
        ExecutorService workers = Executors.newFixedThreadPool(1);
        try {
            Future<?> task = loops.submit(() -> {
                LoggerFactory.getLogger("guards").warn("a line from an event loop");
                new SecureRandom().nextBytes(new byte[8]);
                workers.execute(() -> {});
                return ByteBufAllocator.DEFAULT.buffer(16).release();
            });
            assertThat(task.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
            assertThat(task.cause()).isNull();
        } finally {
            workers.shutdownNow();
        }
        assertThat(Guards.drain()).isEmpty();
    }
}
