package dev.agentws.agent.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How what no client sees is written down. */
final class StateRecordTest {
    private static String prompt(String promptId, String... blocks) {
        List<Block> content = List.of(blocks).stream()
                .map(json -> new Block(BlockKind.TEXT, json.getBytes(UTF_8)))
                .toList();
        return new String(StateRecord.prompt(promptId, content).json(null), UTF_8);
    }

    @Test
    void blocksAreCopiedAsTheyAre() {
        assertThat(prompt("p\"1", "{\"type\" : \"text\",\"text\":\"\\u00e4\u00e4\"}", "{}"))
                .isEqualTo(
                        "{\"prompt_id\":\"p\\\"1\",\"content\":[{\"type\" : \"text\",\"text\":\"\\u00e4\u00e4\"},{}]}");
        assertThat(prompt("p")).isEqualTo("{\"prompt_id\":\"p\",\"content\":[]}");
    }

    @Test
    void blocksThatCameInSeveralLinesBecomeOne() {
        assertThat(prompt("p", "{\n\"type\":\r\n\"text\"}")).contains("[{ \"type\":  \"text\"}]");
    }
}
