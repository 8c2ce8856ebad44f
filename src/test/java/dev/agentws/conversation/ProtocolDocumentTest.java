package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The document for client authors, the page for people and the code say the same. */
final class ProtocolDocumentTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void everyExampleOfTheProtocolPageFitsItsSchema() throws IOException {
        List<JsonNode> examples = Files.readAllLines(Path.of("..", "docs", "protocol.md")).stream()
                .filter(line -> line.startsWith("{\"type\":\""))
                .map(Frame::parse)
                .filter(frame -> !frame.path("type").asText().matches("addRules|setMode|addDirectories"))
                .toList();

        assertThat(examples).hasSizeGreaterThan(30);
        assertThat(examples).allSatisfy(frame -> assertThat(FrameSchemas.problems(frame))
                .as(frame.toString())
                .isEmpty());
    }

    @Test
    void everyMessageAndEveryCodeIsInTheDocument() {
        JsonNode schemas = FrameSchemas.root().at("/components/schemas");
        assertThat(Arrays.stream(ClientMessage.Kind.values()).map(ClientMessage.Kind::wireName))
                .allSatisfy(type -> assertThat(schemas.has(type)).as(type).isTrue());
        assertThat(schemas.at("/error/properties/code/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::wireName)
                        .toArray(String[]::new));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(FrameSchemas.root().findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        FrameSchemas.root().at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @Test
    void aFrameThatIsWrongIsNoticed() {
        assertThat(FrameSchemas.problems(Frame.parse("{\"type\":\"pong\",\"more\":1}")))
                .singleElement()
                .asString()
                .contains("more");
        assertThat(FrameSchemas.problems(Frame.parse("{\"type\":\"flown\"}"))).hasSize(1);
        assertThat(FrameSchemas.problems(Frame.parse("{\"type\":\"session_ended\",\"session_id\":\"S\",\"seq\":0}")))
                .hasSize(2);
    }

    @Test
    void theServerGivesTheDocumentToWhoeverAsks() throws Exception {
        InetSocketAddress server = stage.server().address();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + "/asyncapi.json"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(Frame.parse(answer.body())).isEqualTo(FrameSchemas.root());
    }
}
