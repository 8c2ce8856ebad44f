package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class PlainFlagsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port=0",
                "--port 8002 --host 127.0.0.1",
                "--simulate=true --log-level=debug",
                "--api-key-path /tmp/a-b/.key --https-proxy=http://proxy:3128"
            })
    void whatIsPlainIsUnderstoodAsPicocliUnderstandsIt(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");
        CommandLine picocli = new CommandLine(Flags.command(() -> 0, () -> new String[0]));

        assertThat(PlainFlags.read(args)).isEqualTo(Flags.values(picocli.parseArgs(args)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "simulator",
                "--simulate",
                "--simulate --port=1",
                "--port",
                "--port --host",
                "--port=",
                "--port=1 --port=2",
                "--prt=1",
                "--port=1 demo",
                "--anthropic-api-key=x",
                "--model=\"quoted\"",
                "@file"
            })
    void whatNeedsThoughtIsLeftToPicocli(String line) {
        assertThat(PlainFlags.read(line.split(" "))).isNull();
    }

    @Test
    void aFlagByAnotherNameOfItsSettingCountsForThatSetting() {
        assertThat(PlainFlags.read("--anthropic-model=m")).isEqualTo(Map.of("AGENT_SERVER_MODEL", "m"));
    }
}
