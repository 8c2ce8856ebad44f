package dev.agentws.benchmarks.jmh;

import dev.agentws.protocol.ClientMessageReader;
import dev.agentws.protocol.Decoded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A client's prompt, from bytes to a checked message. Ours also checks duplicates, depths and every field; bare Jackson does not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientMessageBenchmark {
    /** Bytes of the prompt's text. */
    @Param({"20", "200", "4096"})
    public int bytes = 200;

    /** What the text is made of. */
    @Param({"ascii", "escaped", "cjk"})
    public String text = "ascii";

    private final ClientMessageReader reader = new ClientMessageReader(16 << 20);
    private final JacksonPath jackson = new JacksonPath(Sample.Kind.TEXT);
    private final ByteBuf message = PooledByteBufAllocator.DEFAULT.directBuffer(16 << 10);

    @Setup
    public void setup() {
        message.writeBytes(Sample.of(text, bytes).prompt());
        if (!(reader.read(message) instanceof Decoded.Message)) {
            throw new IllegalStateException("message: refused (expected: one that is read)");
        }
    }

    @TearDown
    public void tearDown() {
        message.release();
    }

    @Benchmark
    public Decoded decode_ours() {
        return reader.read(message.readerIndex(0));
    }

    @Benchmark
    public Object decode_jacksonStreaming() throws IOException {
        return jackson.streamingPrompt(message.readerIndex(0));
    }

    @Benchmark
    public Object decode_jacksonTree() throws IOException {
        return jackson.treePrompt(message.readerIndex(0));
    }
}
