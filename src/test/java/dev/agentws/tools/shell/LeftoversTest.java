package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    private Path place;

    @BeforeEach
    void open(@TempDir Path directory) {
        place = directory;
    }

    /** The number of a process that has just ended. */
    static long gone() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    private Path directory(String name) throws Exception {
        return Files.createDirectory(place.resolve(name));
    }

    @Test
    void whatAGoneProcessLeftIsRemovedWithAllThatIsInIt() throws Exception {
        Path left = directory("agentws-" + gone() + "-a");
        Files.writeString(Files.createDirectories(left.resolve("output/x")).resolve("file"), "text");
        Files.createSymbolicLink(left.resolve("link"), Files.writeString(place.resolve("target"), "kept"));
        Leftovers.remove(place);
        assertThat(left).doesNotExist();
        assertThat(place.resolve("target")).hasContent("kept");
    }

    @Test
    void whatBelongsToALivingProcessStays() throws Exception {
        Path own = directory(Leftovers.name("a"));
        Leftovers.remove(place);
        assertThat(own).exists();
    }

    @Test
    void aProcessThatStartedLaterHasOnlyTheSameNumber() throws Exception {
        Path older = directory(Leftovers.name("a"));
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        Files.setLastModifiedTime(older, FileTime.from(start.minus(Duration.ofMinutes(1))));
        Leftovers.remove(place);
        assertThat(older).doesNotExist();
    }

    @Test
    void otherNamesFilesAndLinksStay() throws Exception {
        long gone = gone();
        Path other = directory("agentws-demo-" + gone);
        Path file = Files.writeString(place.resolve("agentws-" + gone + "-file"), "");
        Path link = Files.createSymbolicLink(place.resolve("agentws-" + gone + "-link"), directory("target"));
        Leftovers.remove(place);
        assertThat(other).exists();
        assertThat(file).exists();
        assertThat(link).exists();
    }

    @Test
    void evenPathsLongerThanTheSystemTakesAndShutDirectoriesAreRemoved() throws Exception {
        Path left = directory("agentws-" + gone() + "-a");
        String deep = "d=$(printf %0200d 0); for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3; do mkdir $d && cd $d"
                + " || exit 1; done; done; mkdir shut; touch shut/x; chmod 0 shut";
        Process maker = new ProcessBuilder("bash", "-c", deep)
                .directory(left.toFile())
                .inheritIO()
                .start();
        assertThat(maker.waitFor()).isZero();
        Leftovers.remove(place);
        assertThat(left).doesNotExist();
    }

    @Test
    void controlGroupsOfAGoneProcessAreRemovedWhenASandboxIsLookedFor() throws Exception {
        ControlGroups groups = Sandboxes.require().parts().groups();
        assumeTrue(groups != null, "no control groups");
        Path door = groups.open("agentws-" + gone() + "-a").get(0);
        assertThat(door).exists();
        Sandboxes.find(SandboxLimits.defaults());
        assertThat(door).doesNotExist();
    }
}
