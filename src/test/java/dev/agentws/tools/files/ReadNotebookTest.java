package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.Calls;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadNotebookTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void cellsAreShownWithTheirOutputs() throws Exception {
        calls.write("a.ipynb", """
                {"cells":[
                 {"cell_type":"markdown","id":"intro","metadata":{},"source":["# Title\\n","text"]},
                 {"cell_type":"code","execution_count":3,"metadata":{},"source":"print(1)","outputs":[
                  {"output_type":"stream","name":"stdout","text":["1\\n","2\\n"]},
                  {"output_type":"execute_result","data":{"text/html":"<b>3</b>","text/plain":["3"]}},
                  {"output_type":"display_data","data":{"application/x":{}}},
                  {"output_type":"error","ename":"ValueError","evalue":"bad","traceback":["\\u001b[31mline\\u001b[0m","end"]}]}
                ],"metadata":{},"nbformat":4,"nbformat_minor":5}""");
        assertThat(calls.ok("Read", "file_path", "a.ipynb")).isEqualTo("""
                        <cell id="intro" type="markdown">
                        # Title
                        text
                        </cell>

                        <cell id="cell-1" type="code">
                        print(1)
                        </cell>
                        <output>
                        1
                        2
                        </output>
                        <output>
                        3
                        </output>
                        <output>
                        [application/x]
                        </output>
                        <output>
                        ValueError: bad
                        line
                        end
                        </output>""");
    }

    @Test
    void picturesOfOutputsAreAttached() throws Exception {
        byte[] png = ReadPictureTest.encoded(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png");
        String picture = Base64.getMimeEncoder().encodeToString(png).replace("\r\n", "\\n");
        String output =
                "{\"output_type\":\"display_data\",\"data\":{\"image/png\":\"%s\",\"text/plain\":\"<Figure>\"}}";
        calls.write(
                "a.ipynb",
                notebook("{\"cell_type\":\"code\",\"source\":\"plot()\",\"outputs\":[" + String.format(output, picture)
                        + "," + String.format(output, "bm8gcGljdHVyZQ==") + "," + String.format(output, "***") + "]}"));
        ToolResult result = calls.call("Read", "file_path", "a.ipynb");
        assertThat(result.text()).containsSubsequence("[a picture]", "[a picture that cannot be shown]");
        assertThat(result.attachments()).hasSize(1);
        assertThat(result.attachments().get(0).data()).isEqualTo(png);
    }

    @Test
    void aNotebookOverTheTokenCapComesInPages() throws Exception {
        String cells = IntStream.range(0, 50)
                .mapToObj(i -> "{\"cell_type\":\"markdown\",\"source\":\"" + "x".repeat(10_000) + i + "\"}")
                .collect(Collectors.joining(","));
        calls.write("a.ipynb", notebook(cells));
        String page = calls.ok("Read", "file_path", "a.ipynb");
        assertThat(page).endsWith("[PARTIAL view: cells 1-9 of the notebook. Go on with offset 10.]");
        assertThat(calls.ok("Read", "file_path", "a.ipynb", "offset", 50))
                .startsWith("<cell id=\"cell-49\"")
                .doesNotContain("PARTIAL");
        assertThat(calls.ok("Read", "file_path", "a.ipynb", "offset", 2, "limit", 1))
                .contains("cell-1")
                .doesNotContain("cell-2")
                .endsWith("cells 2-2 of the notebook. Go on with offset 3.]");
        assertThat(calls.ok("Read", "file_path", "a.ipynb", "offset", 51)).contains("has only 50 cells");
    }

    @Test
    void oneEndlessCellIsCut() throws Exception {
        calls.write(
                "a.ipynb",
                notebook("{\"cell_type\":\"code\",\"source\":\"" + "x".repeat(300_000)
                        + "\",\"outputs\":[{\"output_type\":\"stream\",\"text\":\"" + "y".repeat(50_000) + "\"}]}"));
        assertThat(calls.ok("Read", "file_path", "a.ipynb"))
                .contains("[cell cut: 100000 of ")
                .hasSizeLessThan(101_000);
        calls.write(
                "b.ipynb",
                notebook("{\"cell_type\":\"code\",\"source\":\"\",\"outputs\":"
                        + "[{\"output_type\":\"stream\",\"text\":\"" + "y".repeat(50_000) + "\"}]}"));
        assertThat(calls.ok("Read", "file_path", "b.ipynb")).contains("[output cut: 10000 of 50000 chars shown]");
    }

    @Test
    void aNotebookOfFiftyMegabytesIsReadCellByCell() throws Exception {
        Path file = calls.directory.resolve("large.ipynb");
        String cell = "{\"cell_type\":\"raw\",\"source\":\"" + "x".repeat(1_000_000) + "\"},";
        try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("{\"cells\":[");
            for (int i = 0; i < 50; i++) {
                out.write(cell);
            }
            out.write("{\"cell_type\":\"raw\",\"source\":\"the last\"}],\"nbformat\":4}");
        }
        assertThat(calls.ok("Read", "file_path", "large.ipynb", "offset", 51)).contains("the last");
        assertThat(calls.ok("Read", "file_path", "large.ipynb")).contains("cells 1-1 of the notebook");
    }

    @Test
    void whatIsNoNotebookIsRefused() throws Exception {
        calls.write("text.ipynb", "no JSON");
        assertThat(calls.fails("Read", "file_path", "text.ipynb")).contains("is not valid JSON");
        calls.write("list.ipynb", "[]");
        assertThat(calls.fails("Read", "file_path", "list.ipynb")).contains("is no JSON object");
        calls.write("old.ipynb", "{\"worksheets\":[],\"nbformat\":3}");
        assertThat(calls.fails("Read", "file_path", "old.ipynb")).contains("notebook of format 4");
        calls.write("deep.ipynb", "{\"cells\":[{\"a\":" + "[".repeat(5_000) + "]}]}");
        assertThat(calls.fails("Read", "file_path", "deep.ipynb")).contains("is not valid JSON");
        calls.write("cut.ipynb", "{\"cells\":[{\"source\":\"x\"}");
        assertThat(calls.fails("Read", "file_path", "cut.ipynb")).contains("is not valid JSON");
        calls.write("none.ipynb", "{\"cells\":[]}");
        assertThat(calls.ok("Read", "file_path", "none.ipynb")).contains("has no cells.");
        calls.write("odd.ipynb", notebook("{\"cell_type\":7,\"source\":{\"a\":1},\"outputs\":\"x\",\"id\":4}"));
        assertThat(calls.ok("Read", "file_path", "odd.ipynb")).contains("<cell id=\"cell-0\"");
    }

    private static String notebook(String cells) {
        return "{\"cells\":[" + cells + "],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}";
    }
}
