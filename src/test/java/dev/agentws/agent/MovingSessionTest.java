package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.agent.record.Holes;
import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.Recorder;
import dev.agentws.agent.record.Scribes;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException.Reason;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A session that goes from one event loop to the other and back while it is written down. The loops, the disk and the clock do one step at
 * a time, in an order that is drawn by lot.
 */
final class MovingSessionTest {
    private static final int LOTS = 300;
    private static final int STEPS = 400;

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void nothingIsLostDoubledOrToldInAnotherOrderWhicheverLoopTheSessionIsOn(boolean commitFirst, boolean failing)
            throws Exception {
        for (int lot = 0; lot < LOTS; lot++) {
            new Play(lot, commitFirst, failing).run();
        }
    }

    /** One order of steps. */
    private static final class Play implements Recorder.Progress {
        private final Random lots;
        private final boolean failing;
        private final String name;
        private final GatedJournal journal = new GatedJournal(1 << 20);
        private final Loop one = new Loop();
        private final Loop two = new Loop();
        private final HomeLoop home = new HomeLoop("S", one);
        private final EventLog log = new EventLog(UnpooledByteBufAllocator.DEFAULT, 1 << 20);
        private final Queue<Runnable> desk = new ArrayDeque<>();
        private final Recorder recorder;
        private final List<Integer> said = new ArrayList<>();
        private final List<Integer> safe = new ArrayList<>();
        private @Nullable Loop running;
        private final MockTicker ticker = Ticker.newMockTicker();
        private long told;

        Play(int lot, boolean commitFirst, boolean failing) {
            lots = new Random(lot);
            this.failing = failing;
            name = "lot " + lot;
            SessionRecords records = new SessionRecords(
                    journal,
                    (id, seq, event) -> ("{\"seq\":" + seq + "}").getBytes(UTF_8),
                    new Scribes(Duration.ofMillis(1)),
                    End.ARCHIVE,
                    commitFirst,
                    desk::add,
                    Ownership.ALONE);
            Book book = journal.create("S");
            book.append(List.of(new Entry(0, "session", "{}".getBytes(UTF_8))), failure -> {});
            recorder = records.recorder(home, book, log, new Holes(), this);
        }

        void run() throws Exception {
            journal.hold();
            for (int step = 0; step < STEPS; step++) {
                step(step);
            }
            home.execute(() -> {
                said.add(STEPS);
                recorder.whenSafe(() -> safe.add(STEPS));
            });
            finish();
            assertThat(told).as(name).isEqualTo(log.lastSeq());
            assertThat(safe).as(name).isEqualTo(said);
            recorder.close(null);
            List<Entry> all = new ArrayList<>();
            try (Book book = journal.open("S")) {
                book.read(-1, all::add);
            }
            assertThat(all.stream()
                            .filter(entry -> entry.kind().equals("frame"))
                            .map(Entry::seq))
                    .as(name)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, log.lastSeq()).boxed().toList());
            assertThat(all.stream()
                            .filter(entry -> entry.kind().equals("model"))
                            .map(entry -> new String(entry.json(), UTF_8).replaceAll("\\D", "")))
                    .as(name)
                    .containsExactlyElementsOf(said.stream()
                            .filter(step -> step < STEPS)
                            .map(String::valueOf)
                            .toList());
        }

        private void step(int step) {
            switch (lots.nextInt(8)) {
                case 0 -> home.execute(() -> say(step));
                case 1 -> home.execute(this::move);
                case 2, 3 -> one.step();
                case 4, 5 -> two.step();
                case 6 -> ticker.advance(lots.nextInt(3), TimeUnit.MILLISECONDS);
                default -> disk();
            }
        }

        private void say(int step) {
            said.add(step);
            log.append(new Thinking(true));
            recorder.shown();
            recorder.note(StateRecord.model("m" + step));
            recorder.whenSafe(() -> safe.add(step));
        }

        private void move() {
            if (!home.moving()) {
                home.comeTo(home.loop() == one ? two : one, () -> {});
            }
        }

        private void disk() {
            if (failing && lots.nextInt(20) == 0) {
                journal.fail(Reason.FULL);
            } else if (journal.held() > 0) {
                journal.releaseOne();
            }
        }

        private void finish() {
            journal.fail(null);
            journal.release();
            for (int quiet = 0; quiet < 3; quiet++) {
                ticker.advance(1, TimeUnit.SECONDS);
                for (boolean more = true; more; ) {
                    more = one.step();
                    more |= two.step();
                    for (Runnable task = desk.poll(); task != null; task = desk.poll()) {
                        task.run();
                        more = true;
                    }
                }
            }
        }

        @Override
        public void committed(long upToSeq) {
            assertThat(home.here()).as(name).isNotNull();
            assertThat(upToSeq).as(name).isBetween(told, log.lastSeq());
            told = upToSeq;
        }

        @Override
        public boolean busy() {
            return false;
        }

        @Override
        public @Nullable SessionEvent summary() {
            return null;
        }

        @Override
        public void slow(boolean now) {
            assertThat(home.here()).as(name).isNotNull();
        }

        /** Does one thing when it is told to. */
        private final class Loop extends AbstractScheduledEventExecutor {
            private final Queue<Runnable> tasks = new ArrayDeque<>();

            /** @return whether there was anything to do */
            boolean step() {
                running = this;
                for (Runnable due = pollScheduledTask(ticker.nanoTime());
                        due != null;
                        due = pollScheduledTask(ticker.nanoTime())) {
                    tasks.add(due);
                }
                Runnable task = tasks.poll();
                if (task != null) {
                    task.run();
                }
                running = null;
                return task != null;
            }

            @Override
            public Ticker ticker() {
                return ticker;
            }

            @Override
            public boolean inEventLoop(Thread thread) {
                return running == this;
            }

            @Override
            public void execute(Runnable task) {
                tasks.add(task);
            }

            @Override
            public boolean isShuttingDown() {
                return false;
            }

            @Override
            public boolean isShutdown() {
                return false;
            }

            @Override
            public boolean isTerminated() {
                return false;
            }

            @Override
            public boolean awaitTermination(long timeout, TimeUnit unit) {
                return false;
            }

            @Override
            @Deprecated
            public void shutdown() {
                throw new UnsupportedOperationException("shutdown");
            }

            @Override
            public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
                throw new UnsupportedOperationException("shutdownGracefully");
            }

            @Override
            public Future<?> terminationFuture() {
                return GlobalEventExecutor.INSTANCE.terminationFuture();
            }
        }
    }
}
