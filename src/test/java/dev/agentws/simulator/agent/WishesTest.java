package dev.agentws.simulator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.api.JsonBodies;
import dev.agentws.simulator.wire.EventJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the tables, JSON stands as it is sent. */
final class WishesTest {
    private static final String ALL = "WebFetch Bash Edit Glob Grep Read TodoWrite Write";

    private static List<String> plan(String prompt, String tools) throws Exception {
        StringBuilder offered = new StringBuilder();
        for (String tool : tools.split(" ", -1)) {
            offered.append(offered.length() == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(tool)
                    .append("\",\"input_schema\":{\"type\":\"object\"}}");
        }
        String body = "{\"system\":\"You are X.\\nWorking directory: /home/dev\\nMore\",\"tools\":[" + offered
                + "],\"messages\":[{\"role\":\"user\",\"content\":" + EventJson.quote(prompt) + "}]}";
        return new Wishes(new Conversation(JsonBodies.read(body)))
                .plan().stream()
                        .map(wish -> wish.tool() + " " + wish.inputJson())
                        .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "list files | Glob {\"pattern\":\"*\"}",
                "Please list the files here. | Glob {\"pattern\":\"*\"}",
                "What is here? | Glob {\"pattern\":\"*\"}",
                "what's in here | Glob {\"pattern\":\"*\"}",
                "list all of the files in the current directory | Glob {\"pattern\":\"*\"}",
                "list the files in src | Glob {\"pattern\":\"*\",\"path\":\"/home/dev/src\"}",
                "execute the command: echo a | Bash {\"command\":\"echo a\"}",
                "read README.md | Read {\"file_path\":\"/home/dev/README.md\"}",
                "Can you read the file notes please | Read {\"file_path\":\"/home/dev/notes\"}",
                "show me ./src/A.java. | Read {\"file_path\":\"/home/dev/src/A.java\"}",
                "read /etc/hosts | Read {\"file_path\":\"/etc/hosts\"}",
                "create a file hello.txt with the text Hello World | Write {\"file_path\":\"/home/dev/hello.txt\",\"content\":\"Hello World\"}",
                "write hello.txt: \"a then b\" | Write {\"file_path\":\"/home/dev/hello.txt\",\"content\":\"a then b\"}",
                "write a.txt containing x=1 | Write {\"file_path\":\"/home/dev/a.txt\",\"content\":\"x=1\"}",
                "create new.txt please | Write {\"file_path\":\"/home/dev/new.txt\",\"content\":\"Written by the simulated Claude.\\n\"}",
                "write \"hi\" to out/a.txt | Write {\"file_path\":\"/home/dev/out/a.txt\",\"content\":\"hi\"}",
                "write Hello World to a.txt | Write {\"file_path\":\"/home/dev/a.txt\",\"content\":\"Hello World\"}",
                "run: ls -la | Bash {\"command\":\"ls -la\"}",
                "fetch https://example.com/a. | WebFetch {\"url\":\"https://example.com/a\",\"prompt\":\"What does the page say?\"}",
                "run ls -la | Bash {\"command\":\"ls -la\"}",
                "Please run the command `echo a; sleep 1` now | Bash {\"command\":\"echo a; sleep 1\"}",
                "what does `uname -a` say | Bash {\"command\":\"uname -a\"}",
                "search for \"foo(\" | Grep {\"pattern\":\"foo\\\\(\"}",
                "search for TODO in src | Grep {\"pattern\":\"TODO\",\"path\":\"/home/dev/src\"}",
                "find all python files | Glob {\"pattern\":\"**/*.py\"}",
                "Find the Java files in src. | Glob {\"pattern\":\"**/*.java\",\"path\":\"/home/dev/src\"}",
                "find all files | Glob {\"pattern\":\"**/*\"}",
                "please find files named \"test_*\" under lib | Glob {\"pattern\":\"**/test_*\",\"path\":\"/home/dev/lib\"}",
                "delete old.txt | Bash {\"command\":\"rm -- /home/dev/old.txt\"}",
                "Please remove the file \"my notes.txt\". | Bash {\"command\":\"rm -- '/home/dev/my notes.txt'\"}",
                "append \"it's done\" to log.txt | Bash {\"command\":\"printf '%s\\\\n' 'it'\\\\''s done' >> /home/dev/log.txt\"}",
                "append two words to the file log.txt | Bash {\"command\":\"printf '%s\\\\n' 'two words' >> /home/dev/log.txt\"}",
                "rename a.txt to b.txt | Bash {\"command\":\"mv -- /home/dev/a.txt /home/dev/b.txt\"}",
                "move src/A.java to lib/ | Bash {\"command\":\"mv -- /home/dev/src/A.java /home/dev/lib\"}",
                "todo: wash, dry | TodoWrite {\"todos\":[{\"content\":\"wash\",\"status\":\"in_progress\",\"activeForm\":\"Working on: wash\"},{\"content\":\"dry\",\"status\":\"pending\",\"activeForm\":\"Working on: dry\"}]}",
            })
    void aSimpleWishBecomesOneCall(String prompt, String call) throws Exception {
        assertThat(plan(prompt, ALL)).containsExactly(call);
    }

    @Test
    void severalFilesCanBeReadAtOnce() throws Exception {
        assertThat(plan("read a.txt, src/B.java and the file c.md", ALL))
                .containsExactly(
                        "Read {\"file_path\":\"/home/dev/a.txt\"}",
                        "Read {\"file_path\":\"/home/dev/src/B.java\"}",
                        "Read {\"file_path\":\"/home/dev/c.md\"}");
        assertThat(plan("read a.txt and tell me about it", ALL))
                .containsExactly("Read {\"file_path\":\"/home/dev/a.txt\"}");
    }

    @Test
    void anEditReadsTheFileFirst() throws Exception {
        String read = "Read {\"file_path\":\"/home/dev/a.txt\"}";
        String edit = "Edit {\"file_path\":\"/home/dev/a.txt\",\"old_string\":\"A\",\"new_string\":\"B\"}";

        assertThat(plan("replace \"A\" with \"B\" in a.txt", ALL)).containsExactly(read, edit);
        assertThat(plan("change \"A\" to \"B\" in a.txt", ALL)).containsExactly(read, edit);
        assertThat(plan("edit a.txt: replace \"A\" with \"B\"", ALL)).containsExactly(read, edit);
        assertThat(plan("read a.txt then replace \"A\" with \"B\" in a.txt", ALL))
                .containsExactly(read, edit);
        assertThat(plan("replace \"A\" with \"B\" in a.txt", "Edit")).containsExactly(edit);
    }

    @Test
    void wishesJoinedByThenAreDoneInOrder() throws Exception {
        assertThat(plan("List the files, then read a.txt and then run `echo then`. Then search for x", ALL))
                .containsExactly(
                        "Glob {\"pattern\":\"*\"}",
                        "Read {\"file_path\":\"/home/dev/a.txt\"}",
                        "Bash {\"command\":\"echo then\"}",
                        "Grep {\"pattern\":\"x\"}");
    }

    @Test
    void severalWishesMayStandInOnePrompt() throws Exception {
        assertThat(plan("list the files, read a.txt and search for x in src. Run: echo hi", ALL))
                .containsExactly(
                        "Glob {\"pattern\":\"*\"}",
                        "Read {\"file_path\":\"/home/dev/a.txt\"}",
                        "Grep {\"pattern\":\"x\",\"path\":\"/home/dev/src\"}",
                        "Bash {\"command\":\"echo hi\"}");
        assertThat(plan("write a.txt: hello\nreplace hello with bye in a.txt\nread it", ALL))
                .containsExactly(
                        "Write {\"file_path\":\"/home/dev/a.txt\",\"content\":\"hello\"}",
                        "Read {\"file_path\":\"/home/dev/a.txt\"}",
                        "Edit {\"file_path\":\"/home/dev/a.txt\",\"old_string\":\"hello\",\"new_string\":\"bye\"}",
                        "Read {\"file_path\":\"/home/dev/a.txt\"}");
    }

    @Test
    void theLastFileMayBeCalledIt() throws Exception {
        assertThat(plan("write a.txt: hello, then read it back", ALL))
                .containsExactly(
                        "Write {\"file_path\":\"/home/dev/a.txt\",\"content\":\"hello\"}",
                        "Read {\"file_path\":\"/home/dev/a.txt\"}");
    }

    @Test
    void choresStandAmongOtherWishes() throws Exception {
        assertThat(plan("write a.txt: hello, then append \"bye\" to it, rename it to b.txt and delete it", ALL))
                .containsExactly(
                        "Write {\"file_path\":\"/home/dev/a.txt\",\"content\":\"hello\"}",
                        "Bash {\"command\":\"printf '%s\\\\n' bye >> /home/dev/a.txt\"}",
                        "Bash {\"command\":\"mv -- /home/dev/a.txt /home/dev/b.txt\"}",
                        "Bash {\"command\":\"rm -- /home/dev/b.txt\"}");
        assertThat(plan("find all python files then delete a.txt", "Read")).isEmpty();
    }

    @Test
    void onlyOfferedToolsAreUsed() throws Exception {
        assertThat(plan("list files", "Bash")).containsExactly("Bash {\"command\":\"ls\"}");
        assertThat(plan("list files then read a.txt then run ls", "Edit")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello",
                "I have read a book",
                "write a poem about files",
                "How do I run fast?",
                "show me love",
                "move on to something else",
                "remove all doubt",
                "find out why it rains",
                "append my thanks to everyone"
            })
    void ordinaryTalkIsNoWish(String prompt) throws Exception {
        assertThat(plan(prompt, ALL)).isEmpty();
    }
}
