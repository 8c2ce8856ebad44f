package dev.agentws.agent.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.agentws.agent.options.SessionOptions.Invalid;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaRulesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static JsonNode content(String type, String source) {
        try {
            return MAPPER.readTree(
                    "[{\"type\":\"text\",\"text\":\"Look\"},{\"type\":\"" + type + "\",\"source\":" + source + "}]");
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String base64(int bytes, String mediaType) {
        return "{\"type\":\"base64\",\"media_type\":\"" + mediaType + "\",\"data\":\"" + "AAAA".repeat(bytes / 3)
                + "\"}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image|{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"iVBORw0=\"}",
                "image|{\"type\":\"url\",\"url\":\"https://example.com/a.png\"}",
                "image|{\"type\":\"file\",\"file_id\":\"file_1\"}",
                "document|{\"type\":\"base64\",\"media_type\":\"application/pdf\",\"data\":\"JVBERg==\"}",
                "document|{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\"Words.\"}",
                "document|{\"type\":\"url\",\"url\":\"https://example.com/a.pdf\"}",
                "document|{\"type\":\"content\",\"content\":\"Words.\"}",
            })
    void whatTheApiTakesPasses(String each) throws Invalid {
        int bar = each.indexOf('|');
        assertThat(ContentReader.userContent(content(each.substring(0, bar), each.substring(bar + 1))))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image | null | content[1].source: missing",
                "image | {\"type\":\"text\"} | content[1].source.type: text (expected: base64, file, url)",
                "image | {\"type\":\"base64\",\"media_type\":\"image/tiff\",\"data\":\"AAAA\"} | content[1].source.media_type: image/tiff (expected: image/gif, image/jpeg, image/png, image/webp)",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"/9j/4AAQSkZJRgAB\"} | content[1].source.media_type: image/png, and the data is image/jpeg (expected: image/jpeg)",
                "image | {\"type\":\"base64\",\"media_type\":\"image/jpeg\",\"data\":\"iVBORw0KGgoAAAANSUhEUgAA\"} | content[1].source.media_type: image/jpeg, and the data is image/png (expected: image/png)",
                "document | {\"type\":\"base64\",\"media_type\":\"application/pdf\",\"data\":\"R0lGODlhAQABAAAA\"} | content[1].source.media_type: application/pdf, and the data is image/gif (expected: image/gif)",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AA*A\"} | content[1].source.data: not base64 at character 3",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"data:image/png;base64,AAAA\"} | content[1].source.data: not base64 at character 5",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAAA\"} | content[1].source.data: 5 characters of base64",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"A===\"} | content[1].source.data: not base64 at character 2",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"\"} | content[1].source.data: 0 characters",
                "image | {\"type\":\"base64\",\"media_type\":\"image/png\"} | content[1].source.data: not a string",
                "image | {\"type\":\"url\",\"url\":\"file:///etc/passwd\"} | content[1].source.url: file:///etc/passwd",
                "document | {\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"} | content[1].source.media_type: image/png (expected: application/pdf)",
                "document | {\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\" \"} | content[1].source.data: empty",
                "document | {\"type\":\"content\",\"content\":[]} | content[1].source.content: empty",
            })
    void whatItWouldRefuseIsNamed(String type, String source, String message) {
        assertThatThrownBy(() -> ContentReader.userContent(content(type, source)))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aPictureMayHaveFiveMebibytesAndNoMore() throws Invalid {
        ContentReader.userContent(content("image", base64((5 << 20) - 3, "image/png")));
        assertThatThrownBy(() -> ContentReader.userContent(content("image", base64((5 << 20) + 3, "image/png"))))
                .hasMessageStartingWith("content[1].source.data: 524288")
                .hasMessageEndingWith(" bytes (expected: at most 5242880)");
    }

    @Test
    void aHundredPicturesAreTheMost() throws Invalid {
        ArrayNode many = MAPPER.createArrayNode();
        for (int i = 0; i < 100; i++) {
            many.add(content("image", base64(3, "image/png")).get(1));
        }
        ContentReader.userContent(many);
        many.add(many.get(0));
        assertThatThrownBy(() -> ContentReader.userContent(many))
                .hasMessageStartingWith("content[100]: one more picture");
    }
}
