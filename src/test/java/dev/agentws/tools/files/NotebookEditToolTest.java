package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.tools.Calls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookEditToolTest {
    /** As Jupyter writes it, but for the odd blanks and numbers, which nobody may straighten. */
    private static final String NOTEBOOK = """
            {
             "cells": [
              {
               "cell_type": "markdown",
               "id": "intro",
               "metadata": {},
               "source": [
                "# Title\\n",
                "äöü"
               ]
              },
              {
               "cell_type": "code",
               "execution_count": 7,
               "id": "main",
               "metadata": {"odd":   2.50},
               "outputs": [
                {
                 "name": "stdout",
                 "output_type": "stream",
                 "text": ["1"]
                }
               ],
               "source": [
                "print(1)"
               ]
              }
             ],
             "metadata": {"odd":   1.50},
             "nbformat": 4,
             "nbformat_minor": 5
            }
            """;

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
    void whereThereWereNoOutputsNoneAreClaimedToBeCleared() throws Exception {
        given("{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":["
                + "{\"cell_type\":\"markdown\",\"id\":\"text\",\"metadata\":{},\"source\":\"old\"}]}");
        assertThat(edit("cell_id", "text", "new_source", "new")).isEqualTo("Updated cell text.");
    }

    @Test
    void aCellThatIsNoObjectIsNamedAsThat() throws Exception {
        given("{\"nbformat\":4,\"cells\":[1]}");
        assertThat(fails("cell_id", "a", "new_source", "x"))
                .contains("has a cell that is no object (expected: a notebook of format 4)");
    }

    @Test
    void aReplacedCellLosesItsOutputsAndAllElseStays() throws Exception {
        given(NOTEBOOK);
        assertThat(edit("cell_id", "main", "new_source", "a = 1\nprint(a)"))
                .isEqualTo("Updated cell main. Its outputs are cleared.");
        String main = NOTEBOOK.substring(
                NOTEBOOK.indexOf("  {\n   \"cell_type\": \"code\""), NOTEBOOK.indexOf(" ],\n \"metadata"));
        assertThat(calls.content("a.ipynb")).isEqualTo(NOTEBOOK.replace(main, """
                  {
                   "cell_type": "code",
                   "execution_count": null,
                   "id": "main",
                   "metadata": {
                    "odd": 2.50
                   },
                   "outputs": [],
                   "source": [
                    "a = 1\\n",
                    "print(a)"
                   ]
                  }
                """));
    }

    @Test
    void theKindOfACellCanChange() throws Exception {
        given(NOTEBOOK);
        edit("cell_id", "intro", "new_source", "x = 1", "cell_type", "code");
        assertThat(calls.content("a.ipynb")).contains("""
                   "cell_type": "code",
                   "id": "intro",
                   "metadata": {},
                   "source": [
                    "x = 1"
                   ],
                   "execution_count": null,
                   "outputs": []
                """);
        edit("cell_id", "main", "new_source", "", "cell_type", "markdown");
        assertThat(calls.content("a.ipynb")).endsWith("""
                   "source": []
                  }
                 ],
                 "metadata": {"odd":   1.50},
                 "nbformat": 4,
                 "nbformat_minor": 5
                }
                """);
    }

    @Test
    void aNewCellComesBehindTheNamedOneOrFirst() throws Exception {
        given(NOTEBOOK);
        String done = edit("cell_id", "intro", "new_source", "second", "cell_type", "markdown", "edit_mode", "insert");
        String id = done.replaceAll("Inserted cell ([0-9a-f]{8})\\.", "$1");
        assertThat(calls.content("a.ipynb")).isEqualTo(NOTEBOOK.replace("""
                    "äöü"
                   ]
                  },
                """, """
                    "äöü"
                   ]
                  },
                  {
                   "cell_type": "markdown",
                   "id": "%s",
                   "metadata": {},
                   "source": [
                    "second"
                   ]
                  },
                """.replace("%s", id)));
        edit("new_source", "first", "cell_type", "code", "edit_mode", "insert");
        edit("cell_id", "main", "new_source", "last", "cell_type", "code", "edit_mode", "insert");
        assertThat(calls.ok("Read", "file_path", "a.ipynb"))
                .containsSubsequence("first", "# Title", "second", "print(1)", "last");
    }

    @Test
    void aDeletedCellLeavesNoTrace() throws Exception {
        given(NOTEBOOK);
        assertThat(edit("cell_id", "main", "new_source", "", "edit_mode", "delete"))
                .isEqualTo("Deleted cell main.");
        assertThat(calls.content("a.ipynb"))
                .isEqualTo(NOTEBOOK.replaceAll("(?s),\n  \\{\n   \"cell_type\": \"code\".*?\n  }\n", "\n"));
        edit("cell_id", "intro", "new_source", "", "edit_mode", "delete");
        assertThat(calls.content("a.ipynb")).contains("\"cells\": [],");
        edit("new_source", "x", "cell_type", "markdown", "edit_mode", "insert");
        assertThat(calls.content("a.ipynb")).contains("\"cells\": [\n  {\n   \"cell_type\": \"markdown\",");
    }

    @Test
    void theFirstOfTwoCellsCanGo() throws Exception {
        given(NOTEBOOK);
        edit("cell_id", "intro", "new_source", "", "edit_mode", "delete");
        assertThat(calls.content("a.ipynb"))
                .isEqualTo(NOTEBOOK.replaceAll("(?s)  \\{\n   \"cell_type\": \"markdown\".*?\n  },\n", ""));
    }

    @Test
    void aNotebookInOneLineStaysInOne() throws Exception {
        String before =
                "{\"cells\": [{\"cell_type\": \"raw\", \"metadata\": {}, \"source\": \"a\"}], \"nbformat\": 4, \"nbformat_minor\": 4}";
        given(before);
        edit("cell_id", "cell-0", "new_source", "b\nc");
        assertThat(calls.content("a.ipynb")).isEqualTo(before.replace("\"a\"", "\"b\\nc\""));
        edit("cell_id", "cell-0", "new_source", "d", "cell_type", "markdown", "edit_mode", "insert");
        assertThat(calls.content("a.ipynb"))
                .isEqualTo(before.replace(
                        "\"a\"}]", "\"b\\nc\"}, {\"cell_type\": \"markdown\", \"metadata\": {}, \"source\": \"d\"}]"));
    }

    @Test
    void lineEndingsMarkAndTabsStay() throws Exception {
        String before = ("\uFEFF" + NOTEBOOK).replaceAll("(?m)^( +)", "$1$1").replace("\n", "\r\n");
        given(before);
        edit("cell_id", "intro", "new_source", "x\ny");
        String after = calls.content("a.ipynb");
        assertThat(after)
                .startsWith("\uFEFF{\r\n  \"cells\": [\r\n    {\r\n      \"cell_type\": \"markdown\",\r\n")
                .contains("\r\n      \"source\": [\r\n        \"x\\n\",\r\n        \"y\"\r\n      ]\r\n    },");
        assertThat(after.replace("\r\n", "")).doesNotContain("\n");
    }

    @Test
    void theNotebookMustHaveBeenReadAndBeUnchanged() throws Exception {
        Path file = calls.write("a.ipynb", NOTEBOOK);
        assertThat(calls.fails("NotebookEdit", "notebook_path", "a.ipynb", "cell_id", "main", "new_source", "x"))
                .contains("File has not been read yet.");
        calls.ok("Read", "file_path", "a.ipynb");
        ToolPlan.Ready plan =
                calls.ready("NotebookEdit", "notebook_path", "a.ipynb", "cell_id", "main", "new_source", "x");
        assertThat(plan.access().kind()).isEqualTo(Access.Kind.EDIT);
        assertThat(plan.description()).isEqualTo("Edit " + calls.directory + "/a.ipynb: replace a cell");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        assertThat(plan.body().run((stream, text) -> {}).text()).contains("modified since it was read");
        assertThat(calls.content("a.ipynb")).isEqualTo(NOTEBOOK);
    }

    @Test
    void clientsSeeTheDifference() throws Exception {
        given(NOTEBOOK);
        var result = calls.call("NotebookEdit", "notebook_path", "a.ipynb", "cell_id", "intro", "new_source", "# New");
        assertThat(new String(Objects.requireNonNull(result.details()), StandardCharsets.UTF_8))
                .contains("\"type\":\"update\"", "+    \\\"# New\\\"");
    }

    @Test
    void whatCannotBeIsRefused() throws Exception {
        given(NOTEBOOK);
        assertThat(fails("cell_id", "none", "new_source", "x")).contains("cell_id: none (expected: the id of a cell");
        assertThat(fails("cell_id", "cell-2", "new_source", "x")).contains("cell_id: cell-2");
        assertThat(fails("new_source", "x")).contains("cell_id: missing");
        assertThat(fails("new_source", "x", "edit_mode", "insert")).contains("cell_type: missing");
        assertThat(fails("new_source", "x", "cell_type", "raw")).contains("one of code, markdown");
        assertThat(fails("cell_id", "main", "new_source", "\uD800")).contains("half of a surrogate pair");
        assertThat(calls.fails("NotebookEdit", "notebook_path", "a.txt", "cell_id", "x", "new_source", "x"))
                .contains("is no .ipynb file");
        assertThat(calls.fails("NotebookEdit", "notebook_path", "b.ipynb", "cell_id", "x", "new_source", "x"))
                .contains("no such file");
        assertThat(calls.fails("Edit", "file_path", "a.ipynb", "old_string", "print", "new_string", "x"))
                .contains("change cells with NotebookEdit");
        for (String broken :
                new String[] {"{\"cells\":[],\"nbformat\":3}", "{\"cells\":[1],\"nbformat\":4}", "{\"nbformat\":4}", "x"
                }) {
            calls.write("a.ipynb", "{\"cells\":[],\"nbformat\":4}");
            calls.ok("Read", "file_path", "a.ipynb");
            FileTime then = Files.getLastModifiedTime(calls.directory.resolve("a.ipynb"));
            byte[] padded = (broken + " ".repeat(25 - Math.min(25, broken.length()))).getBytes(StandardCharsets.UTF_8);
            calls.write("a.ipynb", padded);
            Files.setLastModifiedTime(calls.directory.resolve("a.ipynb"), then);
            assertThat(fails("new_source", "x", "cell_type", "code", "edit_mode", "insert"))
                    .contains("<tool_use_error>");
        }
    }

    private void given(String notebook) throws Exception {
        calls.write("a.ipynb", notebook);
        calls.ok("Read", "file_path", "a.ipynb");
    }

    private String edit(Object... pairs) throws InterruptedException {
        return calls.ok("NotebookEdit", withPath(pairs));
    }

    private String fails(Object... pairs) throws InterruptedException {
        return calls.fails("NotebookEdit", withPath(pairs));
    }

    private static Object[] withPath(Object... pairs) {
        Object[] all = new Object[pairs.length + 2];
        all[0] = "notebook_path";
        all[1] = "a.ipynb";
        System.arraycopy(pairs, 0, all, 2, pairs.length);
        return all;
    }
}
