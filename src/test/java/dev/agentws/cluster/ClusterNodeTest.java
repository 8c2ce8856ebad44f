package dev.agentws.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.record.RecordKind;
import dev.agentws.cluster.ClusterNode.Stretch;
import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.MemoryJournal;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ClusterNodeTest {
    private int reads;

    private List<@Nullable Stretch> read(ScriptedCluster cluster) {
        ClusterNode node = new ClusterNode(
                cluster,
                new MemoryJournal(() -> 0),
                ClusterSettings.of(Duration.ofSeconds(2), 1),
                Runnable::run,
                ImmediateEventExecutor.INSTANCE);
        List<@Nullable Stretch> found = new ArrayList<>();
        node.read("S", 4, found::add);
        return found;
    }

    @Test
    void noGapIsSeenWhenASessionEndsBetweenTwoLooks() {
        Entry last = new Entry(5, RecordKind.FRAME.word(), "{\"type\":\"session_ended\"}".getBytes(UTF_8));
        List<@Nullable Stretch> found = read(new ScriptedCluster() {
            @Override
            public void read(String sessionId, long afterSeq, EntryReader reader) {
                if (reads++ > 0 && afterSeq < 5) {
                    reader.take(last);
                }
            }

            @Override
            public boolean current(String sessionId) {
                return false;
            }
        });
        assertThat(found).singleElement().satisfies(stretch -> {
            assertThat(stretch.gone()).isFalse();
            assertThat(stretch.frames().nextSeq(4)).isEqualTo(5);
            assertThat(stretch.frames().lastSeq()).isEqualTo(5);
        });
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void aSessionIsGoneOnlyWhenTheSecondLookFindsNothingEither() {
        List<@Nullable Stretch> found = read(new ScriptedCluster() {
            @Override
            public void read(String sessionId, long afterSeq, EntryReader reader) {
                reads++;
            }

            @Override
            public boolean current(String sessionId) {
                return false;
            }
        });
        assertThat(found).singleElement().satisfies(stretch -> assertThat(stretch.gone())
                .isTrue());
        assertThat(reads).isEqualTo(2);
    }
}
