package dev.agentws.quality;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.agentws.anthropic.http.HttpText;
import io.netty.channel.ChannelHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The import rule between the packages, and the other rules that can be read off the byte code. */
final class ArchitectureTest {
    private static final String ROOT = "dev.agentws";
    private static final JavaClasses MAIN =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages(ROOT);
    private static final JavaClasses ALL = new ClassFileImporter().importPackages(ROOT);

    /** Everybody may use the JDK and the annotations for null. */
    private static final List<String> EVERYBODY = List.of("java..", "javax..", "org.jspecify..");

    private static final String NETTY = "io.netty..";
    private static final String SLF4J = "org.slf4j..";
    private static final String JACKSON = "com.fasterxml.jackson..";

    private static final String BUFFERS = "io.netty.buffer..";
    private static final String EXECUTORS = "io.netty.util..";

    /**
     * What each package may import besides itself, from the ground up; a package that is not here may import nothing, so a new one must
     * be put here.
     */
    private static final Map<String, List<String>> MAY_IMPORT = Map.ofEntries(
            entry("protocol", BUFFERS, EXECUTORS, JACKSON),
            entry("client", NETTY, JACKSON),
            entry("agent.model", BUFFERS, EXECUTORS),
            entry("agent.tool", in("agent.model"), JACKSON),
            entry("agent.permission", in("agent.model"), in("agent.tool"), JACKSON, SLF4J, "com.google.re2j.."),
            entry("agent.event", in("agent.model"), in("agent.tool"), in("agent.permission"), BUFFERS, EXECUTORS),
            entry(
                    "agent.options",
                    in("agent.model"),
                    in("agent.tool"),
                    in("agent.permission"),
                    JACKSON,
                    "org.snakeyaml.engine..",
                    "com.networknt.schema.."),
            entry(
                    "agent.record",
                    in("agent.model"),
                    in("agent.event"),
                    in("agent.options"),
                    in("agent.permission"),
                    in("journal"),
                    BUFFERS,
                    JACKSON,
                    SLF4J),
            entry("agent.cost", in("agent.model"), in("agent.record")),
            entry(
                    "agent.transcript",
                    in("agent.model"),
                    in("agent.event"),
                    in("agent.options"),
                    in("agent.permission"),
                    in("agent.record"),
                    in("agent.tool"),
                    BUFFERS,
                    JACKSON),
            entry("agent", in("agent.."), in("journal"), BUFFERS, EXECUTORS, JACKSON, SLF4J),
            entry("cluster", in("agent.."), in("journal"), EXECUTORS, SLF4J),
            entry("metrics", EXECUTORS),
            entry(
                    "operations",
                    in("agent.."),
                    in("metrics"),
                    BUFFERS,
                    EXECUTORS,
                    JACKSON,
                    SLF4J,
                    "io.micrometer..",
                    "io.prometheus.metrics.model..",
                    "io.opentelemetry.."),
            entry(
                    "websocket",
                    in("protocol"),
                    in("agent.."),
                    in("metrics"),
                    NETTY,
                    JACKSON,
                    SLF4J,
                    "io.github.resilience4j.."),
            entry(
                    "websocket.session",
                    in("websocket"),
                    in("protocol"),
                    in("agent.."),
                    in("cluster"),
                    in("journal"),
                    in("metrics"),
                    NETTY,
                    JACKSON,
                    SLF4J),
            entry("console", in("websocket")),
            entry("anthropic.http", NETTY, SLF4J),
            entry("anthropic.request", in("agent.model"), BUFFERS, JACKSON),
            entry("anthropic.stream", in("agent.model"), BUFFERS, EXECUTORS, JACKSON, SLF4J),
            entry("anthropic", in("agent.model"), in("anthropic.."), NETTY, JACKSON, SLF4J),
            entry("tools.call", in("agent.model"), in("agent.tool"), JACKSON),
            entry(
                    "tools.files",
                    in("agent.model"),
                    in("agent.tool"),
                    in("tools.call"),
                    SLF4J,
                    JACKSON,
                    "com.github.difflib..",
                    "org.apache.pdfbox.."),
            entry(
                    "tools.search",
                    in("agent.model"),
                    in("agent.tool"),
                    in("tools.call"),
                    in("tools.files"),
                    "com.google.re2j.."),
            entry(
                    "tools.shell",
                    in("agent.model"),
                    in("agent.tool"),
                    in("tools.call"),
                    in("tools.files"),
                    "com.google.re2j..",
                    SLF4J),
            entry("tools.web", in("agent.model"), in("agent.tool"), in("tools.call"), NETTY, JACKSON, "org.jsoup.."),
            entry("tools", in("agent.model"), in("agent.tool"), in("tools..")),
            entry("journal", SLF4J),
            entry("journal.files", in("journal"), SLF4J),
            entry("journal.redis", in("journal"), NETTY, "io.lettuce.core..", SLF4J),
            entry("simulator.api", BUFFERS, JACKSON),
            entry("simulator.rules", in("simulator.api"), "io.netty.handler.codec..", JACKSON),
            entry("simulator.wire", in("simulator.api"), NETTY, JACKSON),
            entry("simulator.agent", in("simulator.api"), in("simulator.wire"), NETTY, JACKSON),
            entry("simulator", in("simulator.."), NETTY, JACKSON, SLF4J));

    private static Map.Entry<String, List<String>> entry(String name, String... allowed) {
        return Map.entry(name, List.of(allowed));
    }

    /** What lies in a sub-package of others and is still for everybody. */
    private static final String SETTINGS_BELOW = "dev\\.agentws\\.anthropic\\.http\\.ProxySettings";

    private static String in(String name) {
        return ROOT + "." + name;
    }

    static Stream<String> packages() {
        return MAIN.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .distinct()
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsOnlyWhatTheTableAllows(String name) {
        importRule(name).allowEmptyShould(true).check(MAIN);
    }

    private static ArchRule importRule(String name) {
        List<String> allowed = new ArrayList<>(EVERYBODY);
        allowed.add(name);
        allowed.addAll(MAY_IMPORT.getOrDefault(name.substring(ROOT.length() + 1), List.of()));
        return classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new));
    }

    /** The rule must bark: this very package stands in no table and imports a lot. */
    @Test
    void aPackageThatIsNotInTheTableMayImportNothing() {
        assertThatThrownBy(() -> importRule(in("quality")).check(ALL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("com.tngtech.archunit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "simulator"})
    void whatIsBelowAPackageIsImportedFromNowhereElse(String name) {
        internalRule(name).check(MAIN);
    }

    private static ArchRule internalRule(String name) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in(name) + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(in(name) + ".(*)..").and(not(nameMatching(SETTINGS_BELOW))));
    }

    /** The rule must bark: these tests stand outside, and one of them looks in. */
    @Test
    void aLookIntoAnInternalPackageIsNoticed() {
        assertThat(HttpText.isToken("x")).isTrue();
        assertThatThrownBy(() -> internalRule("anthropic").check(ALL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("HttpText");
    }

    @Test
    void noTwoPackagesImportEachOther() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void nobodyImportsTheFrontDoor() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(MAIN);
    }

    @Test
    void everyPackageSaysThatNothingIsNull() {
        List<String> unmarked = MAIN.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(each -> each.getName())
                .toList();
        assertThat(unmarked).isEmpty();
    }

    @Test
    void handlersAreFinalOrMeantToBeCompleted() {
        classes()
                .that()
                .areAssignableTo(ChannelHandler.class)
                .and()
                .areNotInterfaces()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .orShould()
                .haveModifier(JavaModifier.ABSTRACT)
                .orShould()
                .beAnonymousClasses()
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void wordsOnTheSocketAreRecordsEnumsSealedOrFinal() {
        List<String> open = MAIN.stream()
                .filter(type -> type.getPackageName().equals(in("protocol")))
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .filter(type -> !isClosed(type))
                .map(JavaClass::getName)
                .toList();
        assertThat(open).isEmpty();
    }

    private static boolean isClosed(JavaClass type) {
        return type.isRecord()
                || type.isEnum()
                || type.isAnonymousClass()
                || type.getModifiers().contains(JavaModifier.FINAL)
                || type.reflect().isSealed();
    }

    @Test
    void theLibraryReadsNoEnvironmentAndPrintsNothing() {
        noClasses()
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class, String.class)
                .orShould()
                .callMethod(System.class, "getProperties")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(MAIN);
    }

    @Test
    void nobodySleepsNotEvenInTests() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(ALL);
    }

    @Test
    void noNameSaysNothing() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helpers?|Managers?|Impl|Common)(\\$.*)?")
                .check(ALL);
    }
}
