package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What can be said of the files in {@code deploy/} and of the workflow without running them. */
final class DeployTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DEPLOY = ROOT.resolve("deploy");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<JsonNode> yaml(Path file) throws IOException {
        Load load = new Load(LoadSettings.builder()
                .setLabel(file.toString())
                .setAllowDuplicateKeys(false)
                .build());
        List<JsonNode> documents = new ArrayList<>();
        load.loadAllFromString(Files.readString(file)).forEach(each -> documents.add(JSON.valueToTree(each)));
        return documents;
    }

    private static JsonNode kind(String kind) throws IOException {
        List<JsonNode> found = yaml(DEPLOY.resolve("kubernetes/agentws.yaml")).stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.get(0);
    }

    @Test
    void everyYamlFileCanBeRead() throws IOException {
        try (Stream<Path> all = Files.walk(DEPLOY)) {
            List<Path> files =
                    all.filter(file -> file.toString().matches(".*[.]ya?ml")).toList();
            assertThat(files).hasSizeGreaterThanOrEqualTo(4);
            for (Path file : files) {
                assertThat(yaml(file)).as(file.toString()).isNotEmpty().noneMatch(JsonNode::isNull);
            }
        }
    }

    @Test
    void thePodHasProbesLimitsAndNoRights() throws IOException {
        JsonNode pod = kind("StatefulSet").at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        JsonNode container = pod.at("/containers/0");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/health");
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/health");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/ready");
        assertThat(container.at("/resources/requests/memory").asText()).isNotEmpty();
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
    }

    @Test
    void whatStandsBeforeThePodSelectsIt() throws IOException {
        JsonNode labels = kind("StatefulSet").at("/spec/template/metadata/labels");
        assertThat(labels).isNotEmpty();
        assertThat(kind("StatefulSet").at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(kind("Service").at("/spec/selector")).isEqualTo(labels);
        assertThat(kind("PodDisruptionBudget").at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(kind("NetworkPolicy").at("/spec/podSelector/matchLabels")).isEqualTo(labels);
    }

    @Test
    void everyVolumeThatIsMountedIsThere() throws IOException {
        JsonNode set = kind("StatefulSet");
        List<String> there =
                new ArrayList<>(set.at("/spec/template/spec/volumes").findValuesAsText("name"));
        set.at("/spec/volumeClaimTemplates")
                .forEach(each -> there.add(each.at("/metadata/name").asText()));
        List<String> mounted =
                set.at("/spec/template/spec/containers/0/volumeMounts").findValuesAsText("name");
        assertThat(there).containsExactlyInAnyOrderElementsOf(mounted);
    }

    @Test
    void everyServiceOfTheComposeFileIsReadOnlyWithoutRights() throws IOException {
        JsonNode compose = yaml(DEPLOY.resolve("compose.yaml")).get(0);
        Map<String, JsonNode> services = new HashMap<>();
        compose.path("services").properties().forEach(each -> services.put(each.getKey(), each.getValue()));
        assertThat(services).containsOnlyKeys("agentws", "redis", "prometheus");
        assertThat(compose.at("/services/agentws/environment/AGENT_SERVER_REDIS_URL")
                        .asText())
                .isEqualTo("redis://redis:6379");
        services.forEach((name, service) -> {
            assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
            assertThat(service.at("/cap_drop/0").asText()).as(name).isEqualTo("ALL");
            assertThat(service.path("mem_limit").asText()).as(name).isNotEmpty();
            assertThat(service.path("image").asText("x:1")).as(name).matches(".+:v?\\d.*");
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            service.path("volumes").forEach(volume -> {
                String from = volume.asText().split(":", 2)[0];
                assertThat(
                                from.startsWith(".")
                                        ? Files.exists(DEPLOY.resolve(from))
                                        : compose.path("volumes").has(from))
                        .as("%s: %s", name, volume)
                        .isTrue();
            });
        });
        assertThat(DEPLOY.resolve(compose.at("/services/agentws/build/context").asText())
                        .resolve(
                                compose.at("/services/agentws/build/dockerfile").asText()))
                .exists();
    }

    @Test
    void theImageIsBuiltByTheRules() throws IOException {
        String file = Files.readString(DEPLOY.resolve("Dockerfile"));
        List<String> lines = file.replace("\\\n", " ").lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("FROM ")))
                .allMatch(line -> line.matches("FROM [a-z0-9./-]+:[0-9][\\w.-]*( AS \\w+)?"));
        assertThat(lines).noneMatch(line -> line.startsWith("ADD ") || line.startsWith("MAINTAINER "));
        assertThat(lines.stream().filter(line -> line.contains("apt-get install")))
                .isNotEmpty()
                .allMatch(
                        line -> line.contains("--no-install-recommends") && line.contains("rm -rf /var/lib/apt/lists"));
        assertThat(lines).anyMatch(line -> line.matches("USER [1-9]\\d*:[1-9]\\d*"));
        assertThat(lines).anyMatch(line -> line.startsWith("HEALTHCHECK ") && line.contains("/health"));
        assertThat(lines).anyMatch(line -> line.matches("ENTRYPOINT \\[\".*\"\\]"));
        Matcher copied = Pattern.compile("(?m)^COPY (?!--from)(.+) \\S+$").matcher(file);
        while (copied.find()) {
            for (String source : copied.group(1).split(" ", -1)) {
                assertThat(ROOT.resolve(source)).exists();
            }
        }
    }

    @Test
    void theServiceIsGoodForSystemd(@TempDir Path directory) throws Exception {
        String unit = Files.readString(DEPLOY.resolve("systemd/agentws.service"));
        assertThat(unit).contains("\nNoNewPrivileges=true\n").contains("\nProtectSystem=strict\n");
        // The program it starts is not on this machine.
        Path copy = directory.resolve("agentws.service");
        Files.writeString(copy, unit.replaceFirst("(?m)^ExecStart=.*$", "ExecStart=/bin/true"));
        Path output = directory.resolve("output");
        Process verify;
        try {
            verify = new ProcessBuilder("systemd-analyze", "verify", copy.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no systemd-analyze here");
            return;
        }
        assertThat(verify.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).isEmpty();
        assertThat(verify.exitValue()).isZero();
    }

    @Test
    void theWorkflowMayOnlyReadAndItsActionsAreOfOneVersion() throws IOException {
        Path file = ROOT.resolve(".github/workflows/check.yml");
        JsonNode workflow = yaml(file).get(0);
        assertThat(workflow.path("permissions").toString()).isEqualTo("{\"contents\":\"read\"}");
        JsonNode job = workflow.at("/jobs/check");
        assertThat(job.at("/strategy/matrix/java").toString()).isEqualTo("[\"17\",\"25\"]");
        assertThat(job.findValuesAsText("uses")).isNotEmpty().allMatch(use -> use.matches("actions/[a-z-]+@v\\d+"));
        assertThat(job.findValuesAsText("run")).containsExactly(".ci/run");
    }
}
