package dev.agentws.quality;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Puts the guards on before any test runs, and fails the test class during which one of them found something. A leak is found only when
 * the garbage collector has come by, so in rare cases it is blamed on a later class; it never passes unseen. Found by JUnit
 * through {@code META-INF/services}. The state is static because JUnit makes the session listener and the extension
 * by itself, in one process, without a way to hand anything from the one to the other.
 */
public final class Guards implements LauncherSessionListener, AfterAllCallback {
    private static final Queue<String> FINDINGS = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean INSTALLED = new AtomicBoolean();

    /** Who only lists the tests, as Maven does before it shares them out to several processes, is no place for guards. */
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        session.getLauncher().registerTestExecutionListeners(new TestExecutionListener() {
            @Override
            public void testPlanExecutionStarted(TestPlan tests) {
                if (INSTALLED.compareAndSet(false, true)) {
                    // Netty asks for its leak detectors when its buffer classes are loaded, so this comes before
                    // everything.
                    LeakGuard.install(FINDINGS::add);
                    BlockingGuard.install(FINDINGS::add);
                }
            }
        });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    /** Fails if anything was found since the last look. */
    static void check() {
        LeakGuard.provokeReports();
        List<String> findings = drain();
        if (!findings.isEmpty()) {
            throw new AssertionError(findings.size() + " finding(s) of the guards:\n" + String.join("\n\n", findings));
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (!INSTALLED.get()) {
            return;
        }
        LeakGuard.provokeReports();
        // Too late for a test to fail: the mark is what `make check` looks for in the output of the tests.
        drain().forEach(finding -> System.err.println("LEAK: after the last test: " + finding));
    }

    /** What was found since the last call, for the tests of the guards themselves. */
    static List<String> drain() {
        List<String> findings = List.copyOf(FINDINGS);
        findings.forEach(FINDINGS::remove);
        return findings;
    }
}
